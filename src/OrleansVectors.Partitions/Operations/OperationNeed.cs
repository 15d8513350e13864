namespace OrleansVectors.Partitions.Operations;

/// <summary>What an operation list takes of a partition's addresses until what it replaces has been reclaimed.</summary>
/// <param name="Growth">Whether it may need more memory in the end.</param>
/// <param name="Versions">New versions of points, at most.</param>
/// <param name="PayloadBytes">Bytes of new payload records, at most.</param>
internal readonly record struct OperationNeed(OperationGrowth Growth, long Versions, long PayloadBytes);
