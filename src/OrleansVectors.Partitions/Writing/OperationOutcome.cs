namespace OrleansVectors.Partitions.Writing;

/// <summary>What applying an operation list came to. The same operations on the same state always come to the same.</summary>
/// <param name="Sequence">The operation list's number in the log.</param>
/// <param name="Refusal">Why an operation of the list changed nothing, or null.</param>
public readonly record struct OperationOutcome(ulong Sequence, OperationRefusal? Refusal);
