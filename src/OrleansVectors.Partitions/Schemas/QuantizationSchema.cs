using OrleansVectors.Indexes.Quantization;

namespace OrleansVectors.Partitions.Schemas;

/// <summary>How the vectors of one name are shortened to codes that searches look at first.</summary>
/// <param name="Kind">The form of the codes.</param>
/// <param name="Subvectors">Groups of components of <see cref="QuantizerKind.Product"/>; 0 chooses, and for other kinds.</param>
/// <param name="Quantile">Share of the components that <see cref="QuantizerKind.Int8"/> resolves, the outliers saturate; from 0.5 to 1, null chooses.</param>
/// <param name="AlwaysRam">Whether codes stay in RAM even if the vectors do not.</param>
public sealed record QuantizationSchema(QuantizerKind Kind, int Subvectors = 0, float? Quantile = null, bool AlwaysRam = false)
{
    /// <summary>What a target is when nobody sets it.</summary>
    public const float TargetRecallDefault = 0.99f;

    /// <summary>The share of the nearest vectors that searches on codes are to find, of those that searches without codes would.</summary>
    public float TargetRecall { get; init; } = TargetRecallDefault;

    /// <summary>
    /// True when nobody asked for codes: then <see cref="Kind"/> is the coarsest that may be taken, and finer ones or none
    /// are where those would cost recall. A graph's alone.
    /// </summary>
    public bool IsDefault { get; init; }

    /// <summary>Whether an index built for the other serves this one.</summary>
    public bool HasSameCodesAs(QuantizationSchema? other)
        => other is not null && this == other with { TargetRecall = TargetRecall };
}
