using OrleansVectors.Partitions.Operations;

namespace OrleansVectors.Collections.Changes;

/// <summary>A step in the history of a collection.</summary>
/// <param name="Position">The position after it: where to go on from when this has been dealt with.</param>
/// <param name="Partition">The partition it happened in.</param>
/// <param name="Sequence">Its number in that partition; they follow each other.</param>
/// <param name="Time">When it was accepted.</param>
/// <param name="Operations">What was done, together; empty when the filter left nothing of it, or it was housekeeping.</param>
public sealed record ChangeEvent(
    ChangePosition Position, int Partition, ulong Sequence, DateTimeOffset Time, IReadOnlyList<PointOperation> Operations);
