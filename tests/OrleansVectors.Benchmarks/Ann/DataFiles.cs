using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>The files of a set of vectors, and how much of them to take.</summary>
internal sealed record DataFiles
{
    public required string Base { get; init; }

    public required string Query { get; init; }

    public required string Truth { get; init; }

    public required DistanceMetric Metric { get; init; }

    /// <summary>Take only so many rows of the base; all when null.</summary>
    public required int? Rows { get; init; }

    /// <summary>Ask only so many queries; all when null.</summary>
    public required int? Queries { get; init; }
}
