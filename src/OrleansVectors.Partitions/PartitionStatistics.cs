using OrleansVectors.Partitions.Statistics;

namespace OrleansVectors.Partitions;

/// <summary>Figures of a partition at one moment.</summary>
public sealed record PartitionStatistics
{
    /// <summary>Live points.</summary>
    public required long Points { get; init; }

    /// <summary>The last operation that reads see.</summary>
    public required ulong LastSequence { get; init; }

    /// <summary>Nodes in graphs, over all vector names.</summary>
    public required long IndexedVectors { get; init; }

    /// <summary>True while vectors wait for a graph that is due.</summary>
    public required bool IndexingPending { get; init; }

    /// <summary>Bytes of native memory that the payload indexes take.</summary>
    public required long PayloadIndexBytes { get; init; }

    /// <summary>Why indexing stopped; null while it works.</summary>
    public required string? IndexingFailure { get; init; }

    /// <summary>Why writes are refused; null while they are taken.</summary>
    public required string? WriteFailure { get; init; }

    /// <summary>Why the last checkpoint failed; null when it did not.</summary>
    public required string? CheckpointFailure { get; init; }

    /// <summary>Rows in use or free: one more than the largest ordinal in use.</summary>
    public required long Rows { get; init; }

    /// <summary>Versions that have ended and still have a row.</summary>
    public required long EndedVersions { get; init; }

    /// <summary>Bytes of rows, payloads and vectors up to the last one in use.</summary>
    public required long DataBytes { get; init; }

    /// <summary>Bytes of immutable files, those of the checkpoint before the last included.</summary>
    public required long SegmentBytes { get; init; }

    /// <summary>Why space of ended versions was not given back; null when it was.</summary>
    public required string? SpaceFailure { get; init; }

    /// <summary>Immutable files of the last checkpoint.</summary>
    public required int SegmentFiles { get; init; }

    /// <summary>Bytes of log that a reopening would replay.</summary>
    public required long LogBytes { get; init; }

    /// <summary>Figures of each vector name.</summary>
    public required IReadOnlyList<VectorStatistics> Vectors { get; init; }
}
