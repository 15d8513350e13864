using OrleansVectors.Numerics;

namespace OrleansVectors.Partitions.Schemas;

/// <summary>One vector name as a partition stores it.</summary>
public sealed record VectorFieldSchema
{
    /// <summary>
    /// The number that stands for the name in the log and in file names. A name that is deleted and made again gets a
    /// new one, so old log records never reach the new vectors.
    /// </summary>
    public required ushort Number { get; init; }

    /// <summary>The public name; empty for the unnamed vector.</summary>
    public required string Name { get; init; }

    /// <summary>Components.</summary>
    public required int Dim { get; init; }

    /// <summary>How distance is measured.</summary>
    public required DistanceMetric Metric { get; init; }

    /// <summary>Links per node above level 0; 0 means no graph, every search scans.</summary>
    public int M { get; init; } = 16;

    /// <summary>Candidates kept while inserting.</summary>
    public int EfConstruction { get; init; } = 100;

    /// <summary>Bytes of vectors below which no graph is built.</summary>
    public long GraphFromBytes { get; init; } = 10_000L << 10;
}
