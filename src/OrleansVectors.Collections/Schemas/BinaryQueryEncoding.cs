namespace OrleansVectors.Collections.Schemas;

/// <summary>How a query is asked to be shortened for <see cref="QuantizationMethod.Binary"/>. Repeated in answers: the index decides.</summary>
public enum BinaryQueryEncoding : byte
{
    /// <summary>As the index chooses.</summary>
    Default,

    /// <summary>As the stored vectors.</summary>
    Binary,

    /// <summary>Four bits for each component.</summary>
    Scalar4Bits,

    /// <summary>Eight bits for each component.</summary>
    Scalar8Bits,
}
