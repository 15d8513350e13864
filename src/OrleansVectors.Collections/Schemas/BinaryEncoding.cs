namespace OrleansVectors.Collections.Schemas;

/// <summary>Bits for a component of <see cref="QuantizationMethod.Binary"/>.</summary>
public enum BinaryEncoding : byte
{
    /// <summary>One.</summary>
    OneBit,

    /// <summary>Two.</summary>
    TwoBits,

    /// <summary>One and a half; stored as two here.</summary>
    OneAndHalfBits,
}
