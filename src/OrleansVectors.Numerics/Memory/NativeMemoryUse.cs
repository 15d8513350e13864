namespace OrleansVectors.Numerics.Memory;

/// <summary>How much native memory this process's owners hold; tests assert that nothing is left.</summary>
public static class NativeMemoryUse
{
    private static long regionBytes;
    private static long bufferBytes;

    /// <summary>Bytes committed by all live <see cref="NativeRegion"/>s.</summary>
    public static long RegionBytes => Volatile.Read(ref regionBytes);

    /// <summary>Bytes of all live <see cref="AlignedBuffer{T}"/>s.</summary>
    public static long BufferBytes => Volatile.Read(ref bufferBytes);

    internal static void CountRegion(long bytes) => Interlocked.Add(ref regionBytes, bytes);

    internal static void CountBuffer(long bytes) => Interlocked.Add(ref bufferBytes, bytes);
}
