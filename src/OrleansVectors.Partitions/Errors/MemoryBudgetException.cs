namespace OrleansVectors.Partitions.Errors;

/// <summary>The process may take no more memory; nothing of the write was stored. Reads and deletions go on.</summary>
/// <param name="usedBytes">Bytes the process holds.</param>
/// <param name="bytesMax">Bytes it may hold.</param>
public sealed class MemoryBudgetException(long usedBytes, long bytesMax)
    : PartitionException(
        $"the process holds {usedBytes} bytes of memory, its limit is {bytesMax} (memory-bytes): delete points or collections, keep vectors on disk, or raise the limit")
{
    /// <summary>Bytes the process holds.</summary>
    public long UsedBytes { get; } = usedBytes;

    /// <summary>Bytes it may hold.</summary>
    public long BytesMax { get; } = bytesMax;
}
