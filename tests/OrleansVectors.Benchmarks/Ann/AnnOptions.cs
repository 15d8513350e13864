using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>What to measure, as the command line said it.</summary>
internal sealed record AnnOptions
{
    public required string Base { get; init; }

    public required string Query { get; init; }

    public required string Truth { get; init; }

    public required DistanceMetric Metric { get; init; }

    public required IndexKind Index { get; init; }

    public required int M { get; init; }

    public required int EfConstruction { get; init; }

    public required int[] Ef { get; init; }

    public required int Threads { get; init; }

    public required int BuildThreads { get; init; }

    public required Clock Clock { get; init; }

    /// <summary>Take only so many rows of the base; all when null.</summary>
    public required int? Rows { get; init; }
}
