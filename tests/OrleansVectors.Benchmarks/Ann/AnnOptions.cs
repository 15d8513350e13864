using OrleansVectors.Benchmarks.Churn;
using OrleansVectors.Indexes.Quantization;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>What to measure, as the command line said it.</summary>
internal sealed record AnnOptions
{
    public required DataFiles Files { get; init; }

    public required IndexKind Index { get; init; }

    /// <summary>The codes that it works on; the vectors themselves when null.</summary>
    public required QuantizerKind? Quantizer { get; init; }

    /// <summary>Parts that product codes cut a vector into; 0 for one for every two components.</summary>
    public required int Subvectors { get; init; }

    /// <summary>How many of the nearest by codes are compared again exactly; by the kind of codes when null.</summary>
    public required int? Rescore { get; init; }

    public required int M { get; init; }

    public required int EfConstruction { get; init; }

    public required int[] Ef { get; init; }

    /// <summary>Lists of an inverted file; 0 for as many as fit the number of points.</summary>
    public required int Lists { get; init; }

    /// <summary>Lists that a search looks into, one measured point for each.</summary>
    public required int[] NProbe { get; init; }

    /// <summary>Search for the least effort that reaches it instead of measuring each of <see cref="Ef"/>.</summary>
    public required double? TargetRecall { get; init; }

    public required int Threads { get; init; }

    public required int BuildThreads { get; init; }

    public required Clock Clock { get; init; }

    /// <summary>The share of the points that each query may see; all, without a filter, when null.</summary>
    public required double? FilterSelectivity { get; init; }

    public required FilterKind FilterKind { get; init; }

    public required FilterPlan FilterPlan { get; init; }

    /// <summary>Where to write what each query may see.</summary>
    public required string? FilterSave { get; init; }

    /// <summary>Turnovers before the index is measured; none when null.</summary>
    public required int? Churn { get; init; }

    public required ChurnKind ChurnKind { get; init; }

    /// <summary>Threads that search meanwhile.</summary>
    public required int ChurnSearchers { get; init; }

    /// <summary>Where to write what changes.</summary>
    public required string? ChurnSave { get; init; }
}
