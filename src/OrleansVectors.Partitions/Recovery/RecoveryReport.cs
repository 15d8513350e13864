using OrleansVectors.Storage;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Partitions.Recovery;

/// <summary>What opening a partition found.</summary>
/// <param name="CheckpointSequence">The operation that the checkpoint ends with; 0 when there was none.</param>
/// <param name="Replayed">Operations replayed from the log after it.</param>
/// <param name="TornTail">What was cut from the end of the log, never acknowledged; null when nothing was.</param>
/// <param name="DamagedManifests">Newer checkpoints that were damaged and replaced by an older one and more log.</param>
public sealed record RecoveryReport(
    ulong CheckpointSequence,
    long Replayed,
    LogCut? TornTail,
    IReadOnlyList<StorageDamagedException> DamagedManifests);
