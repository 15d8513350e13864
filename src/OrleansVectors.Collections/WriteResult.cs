namespace OrleansVectors.Collections;

/// <summary>What became of a write.</summary>
/// <param name="OperationId">The log sequence of the operation (of the last partition's, when several took part).</param>
/// <param name="Status">How far it got when the answer was given.</param>
public readonly record struct WriteResult(ulong OperationId, WriteStatus Status);
