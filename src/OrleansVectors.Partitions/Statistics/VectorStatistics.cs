namespace OrleansVectors.Partitions.Statistics;

/// <summary>Figures of one vector name at one moment; totals are since the partition was opened.</summary>
public sealed record VectorStatistics
{
    /// <summary>The vector's name.</summary>
    public required string Name { get; init; }

    /// <summary>Live points that have the vector.</summary>
    public required long LiveVectors { get; init; }

    /// <summary>Bytes of vectors up to the last row in use, on disk or in memory.</summary>
    public required long VectorBytes { get; init; }

    /// <summary>Bytes of indexes, of one that is being built as well.</summary>
    public required IndexBytes IndexBytes { get; init; }

    /// <summary>What searches use: of a partition one, of a collection each that a partition has.</summary>
    public required IReadOnlyList<ServingIndex> Serving { get; init; }

    /// <summary>Whether an index is being built to take the serving one's place.</summary>
    public required bool IsRebuilding { get; init; }

    /// <summary>Vectors in the serving index, at most, whose point version has ended.</summary>
    public required long DeadVectors { get; init; }

    /// <summary>Rows that wait for an index that is due: each search scans their vectors. Rows without one are counted until indexing has passed them.</summary>
    public required long UnindexedVectors { get; init; }

    /// <summary>Bytes of <see cref="UnindexedVectors"/>.</summary>
    public required long UnindexedBytes { get; init; }

    /// <summary>Vectors that were put into an index, into one that is being built as well.</summary>
    public required long Insertions { get; init; }

    /// <summary>What searches did.</summary>
    public required SearchTotals Searches { get; init; }
}
