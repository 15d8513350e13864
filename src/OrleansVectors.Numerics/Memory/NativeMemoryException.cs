namespace OrleansVectors.Numerics.Memory;

/// <summary>The operating system refused native memory.</summary>
/// <param name="region">The name of the region that asked.</param>
/// <param name="operation">What was asked: reserve or commit.</param>
/// <param name="bytes">How many bytes were asked for.</param>
/// <param name="osError">The system's error number (errno, or the Win32 code).</param>
public sealed class NativeMemoryException(string region, string operation, long bytes, int osError)
    : Exception($"native memory: cannot {operation} {bytes} bytes for '{region}' (system error {osError})")
{
    /// <summary>The name of the region that asked.</summary>
    public string Region { get; } = region;

    /// <summary>What was asked: reserve or commit.</summary>
    public string Operation { get; } = operation;

    /// <summary>How many bytes were asked for.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>The system's error number (errno, or the Win32 code).</summary>
    public int OsError { get; } = osError;
}
