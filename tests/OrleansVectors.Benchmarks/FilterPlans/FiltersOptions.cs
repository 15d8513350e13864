using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Indexes.Quantization;

namespace OrleansVectors.Benchmarks.FilterPlans;

/// <summary>What <c>filters</c> measures, as the command line said it.</summary>
internal sealed record FiltersOptions
{
    public required DataFiles Files { get; init; }

    /// <summary>The codes that the partition works on; the vectors themselves when null.</summary>
    public required QuantizerKind? Quantizer { get; init; }

    public required int M { get; init; }

    public required int EfConstruction { get; init; }

    /// <summary>Candidates kept by a walk; 0 leaves it to the engine.</summary>
    public required int[] Ef { get; init; }

    public required int BuildThreads { get; init; }

    public required Clock Clock { get; init; }

    /// <summary>Shares of the points that queries may see.</summary>
    public required double[] Selectivities { get; init; }

    public required FilterKind[] Kinds { get; init; }
}
