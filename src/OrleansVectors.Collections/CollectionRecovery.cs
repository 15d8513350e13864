using OrleansVectors.Partitions.Recovery;

namespace OrleansVectors.Collections;

/// <summary>What opening a collection found.</summary>
/// <param name="Collection">Its name.</param>
/// <param name="Partitions">For each partition what its checkpoint and log held.</param>
public sealed record CollectionRecovery(string Collection, IReadOnlyList<RecoveryReport> Partitions);
