namespace OrleansVectors.Partitions.Errors;

/// <summary>One write is larger than a log record can be; nothing of it was stored.</summary>
/// <param name="bytes">Bytes of the encoded write.</param>
/// <param name="bytesMax">The most there can be.</param>
public sealed class OperationTooLongException(long bytes, long bytesMax)
    : PartitionException($"the write takes {bytes} bytes, at most {bytesMax} are possible")
{
    /// <summary>Bytes of the encoded write.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>The most there can be.</summary>
    public long BytesMax { get; } = bytesMax;
}
