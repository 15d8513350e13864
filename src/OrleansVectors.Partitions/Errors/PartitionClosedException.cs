namespace OrleansVectors.Partitions.Errors;

/// <summary>The partition is being closed or deleted.</summary>
public sealed class PartitionClosedException() : PartitionException("the partition is closed");
