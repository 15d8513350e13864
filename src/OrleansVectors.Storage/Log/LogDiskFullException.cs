namespace OrleansVectors.Storage.Log;

/// <summary>
/// There was no room for a group. Nothing of it is in the log; the log stays usable and takes writes as soon as space
/// is there again.
/// </summary>
public sealed class LogDiskFullException(string folder, long bytes, Exception cause)
    : LogRefusedException($"The disk of '{folder}' has no room for a group of {bytes} bytes.", cause)
{
    /// <summary>The folder of the log, or the server that keeps it.</summary>
    public string Folder { get; } = folder;

    /// <summary>Size of the refused group in the log, in bytes.</summary>
    public long Bytes { get; } = bytes;
}
