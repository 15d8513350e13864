namespace OrleansVectors.Collections.Schemas;

/// <summary>What <see cref="QuantizationMethod.Scalar"/> keeps of a component.</summary>
public enum ScalarType : byte
{
    /// <summary>Seven bits, in a byte.</summary>
    Int8,

    /// <summary>Four bits.</summary>
    Int4,

    /// <summary>The upper half of a float32.</summary>
    BFloat16,
}
