namespace OrleansVectors.Storage.Log;

/// <summary>
/// A write or flush failed in a way after which nobody knows what is on the disk. The log refuses every further append
/// until it is opened again; reads of acknowledged operations go on.
/// </summary>
public sealed class LogFailedException(string folder, LogSequence lastAcknowledged, Exception cause)
    : IOException(
        $"The log in '{folder}' failed after operation {lastAcknowledged} and takes no more writes until it is opened again: {cause.Message}",
        cause)
{
    /// <summary>The folder of the log.</summary>
    public string Folder { get; } = folder;

    /// <summary>The last operation that is certainly there. Whether later ones survived is known after the next opening.</summary>
    public LogSequence LastAcknowledged { get; } = lastAcknowledged;
}
