namespace OrleansVectors.Indexes.Quantization;

/// <summary>How vectors are shortened to codes. The numbers are stored in files: never renumber.</summary>
public enum QuantizerKind : byte
{
    /// <summary>Floats of 16 bits with the exponent of 32.</summary>
    BFloat16 = 0,

    /// <summary>Components as unsigned integers of 7 bits, a byte each.</summary>
    Int8 = 1,

    /// <summary>Components as integers of 4 bits, two to a byte.</summary>
    Int4 = 2,

    /// <summary>RaBitQ with one bit for each rotated component.</summary>
    RaBitQ1 = 3,

    /// <summary>RaBitQ with two bits for each rotated component.</summary>
    RaBitQ2 = 4,

    /// <summary>RaBitQ with four bits for each rotated component.</summary>
    RaBitQ4 = 5,

    /// <summary>Product quantization: groups of components, each replaced by the nearest of 16 centroids.</summary>
    Product = 6,

    /// <summary>Zeros and ones as they are, a bit each: the distances are exact.</summary>
    Bits = 7,

    /// <summary>As <see cref="Product"/>, of vectors that were turned to axes learned from them first.</summary>
    RotatedProduct = 8,
}
