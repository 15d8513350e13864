namespace OrleansVectors.Collections.Schemas;

/// <summary>Bits for a component of <see cref="QuantizationMethod.Turbo"/>.</summary>
public enum TurboBits : byte
{
    /// <summary>One.</summary>
    One,

    /// <summary>One and a half; stored as two here.</summary>
    OneAndHalf,

    /// <summary>Two.</summary>
    Two,

    /// <summary>Four.</summary>
    Four,
}
