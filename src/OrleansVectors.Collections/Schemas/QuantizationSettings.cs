namespace OrleansVectors.Collections.Schemas;

/// <summary>Codes that searches look at before the stored vectors, as the caller asked for them; a null takes the default.</summary>
/// <param name="Method">The family, which decides what else is looked at.</param>
public sealed record QuantizationSettings(QuantizationMethod Method)
{
    /// <summary>Scalar: what is kept of a component.</summary>
    public ScalarType? Type { get; init; }

    /// <summary>Scalar: the share of components that the range of the codes covers, 0.5 to 1.</summary>
    public float? Quantile { get; init; }

    /// <summary>Product: how many times smaller than float32 the codes are: 4, 8, 16, 32 or 64. 8 is the least there is.</summary>
    public int? Compression { get; init; }

    /// <summary>Product: whether vectors are turned to learned axes first.</summary>
    public bool? Rotation { get; init; }

    /// <summary>Binary: bits for a component.</summary>
    public BinaryEncoding? Encoding { get; init; }

    /// <summary>Binary: repeated in answers.</summary>
    public BinaryQueryEncoding? QueryEncoding { get; init; }

    /// <summary>Turbo: bits for a component.</summary>
    public TurboBits? Bits { get; init; }

    /// <summary>The share of the nearest points that searches on codes are to find, 0.5 to 1.</summary>
    public float? TargetRecall { get; init; }

    /// <summary>Whether codes stay in RAM even if the vectors do not.</summary>
    public bool? AlwaysRam { get; init; }

    /// <summary>Where codes are asked to live; repeated in answers.</summary>
    public MemoryPlacement? Memory { get; init; }
}
