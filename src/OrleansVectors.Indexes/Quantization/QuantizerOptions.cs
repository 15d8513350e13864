namespace OrleansVectors.Indexes.Quantization;

/// <summary>What a quantizer is trained with.</summary>
/// <param name="Kind">How vectors are made into codes.</param>
public sealed record QuantizerOptions(QuantizerKind Kind)
{
    /// <summary>Training with the same seed and sample gives the same quantizer.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>
    /// <see cref="QuantizerKind.Int8"/> and <see cref="QuantizerKind.Int4"/>: the part of the sample's components, 0.5 to
    /// 1, that the steps span; what lies outside is moved to the border. Null chooses 0.999 and 0.99, which were best
    /// on descriptors of images, pixels and texts alike.
    /// </summary>
    public double? Quantile { get; init; }

    /// <summary><see cref="QuantizerKind.Product"/>: into how many parts a vector is cut; 0 for two components each.</summary>
    public int Subvectors { get; init; }
}
