namespace OrleansVectors.Indexes.Quantization;

/// <summary>What a quantizer is trained with.</summary>
/// <param name="Kind">How vectors are made into codes.</param>
public sealed record QuantizerOptions(QuantizerKind Kind)
{
    /// <summary>The part of the sample's components whose range is kept exactly when none is given.</summary>
    public const double DefaultQuantile = 1;

    /// <summary>Training with the same seed and sample gives the same quantizer.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>
    /// <see cref="QuantizerKind.Int8"/> and <see cref="QuantizerKind.Int4"/>: the part of the sample's components, 0.5 to
    /// 1, that the steps span; what lies outside is moved to the border.
    /// </summary>
    public double Quantile { get; init; } = DefaultQuantile;

    /// <summary><see cref="QuantizerKind.Product"/>: into how many parts a vector is cut; 0 for two components each.</summary>
    public int Subvectors { get; init; }
}
