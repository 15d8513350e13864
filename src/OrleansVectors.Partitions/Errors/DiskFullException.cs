namespace OrleansVectors.Partitions.Errors;

/// <summary>The disk has no room for the write; nothing of it was stored. Reads go on, and writes too once there is room.</summary>
public sealed class DiskFullException(string message, Exception? inner = null) : PartitionException(message, inner);
