namespace OrleansVectors.Partitions.Errors;

/// <summary>The partition has stopped: its log refused a write, or its data turned out damaged. Opening it again may help.</summary>
public sealed class PartitionFailedException(string message, Exception? inner = null)
    : PartitionException(message, inner);
