using OrleansVectors.Partitions.Statistics;

namespace OrleansVectors.Collections;

/// <summary>Figures of a collection at one moment.</summary>
/// <param name="PointsCount">Live points.</param>
/// <param name="IndexedVectorsCount">Live vectors that a graph holds.</param>
/// <param name="SegmentsCount">Immutable files that make up the last checkpoints.</param>
/// <param name="IndexingPending">True while vectors wait for a graph.</param>
/// <param name="IndexedPointsByField">For each declared payload index the points that have a value of its type.</param>
/// <param name="RowsCount">Rows in use or free: a version of a point has one.</param>
/// <param name="DeadRowsCount">Rows of versions that have ended.</param>
/// <param name="Vectors">Figures of each vector name, by name.</param>
/// <param name="Failure">What a partition has stopped doing, and why; null when all is well.</param>
public sealed record CollectionStatistics(
    long PointsCount,
    long IndexedVectorsCount,
    int SegmentsCount,
    bool IndexingPending,
    IReadOnlyDictionary<string, long> IndexedPointsByField,
    long RowsCount,
    long DeadRowsCount,
    IReadOnlyList<VectorStatistics> Vectors,
    string? Failure = null);
