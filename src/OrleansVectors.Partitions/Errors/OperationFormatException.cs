namespace OrleansVectors.Partitions.Errors;

/// <summary>Operation bytes that do not follow the format: damage that a checksum did not see, or a newer version.</summary>
public sealed class OperationFormatException(string message) : PartitionException(message);
