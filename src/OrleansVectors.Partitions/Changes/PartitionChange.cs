using OrleansVectors.Partitions.Operations;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Partitions.Changes;

/// <summary>One step in the history of a partition: what was logged and applied together.</summary>
/// <param name="Sequence">Its number: they follow each other without a gap.</param>
/// <param name="Time">When it was accepted.</param>
/// <param name="Operations">
/// The operations as they were accepted, empty for a step of the partition's own housekeeping. One that named points which
/// were not there, or whose condition did not hold, changed nothing; it would change nothing where the same is there.
/// </param>
public sealed record PartitionChange(LogSequence Sequence, LogTime Time, IReadOnlyList<PointOperation> Operations);
