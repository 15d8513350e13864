namespace OrleansVectors.Partitions.Schemas;

/// <summary>How a component is stored. The numbers are stored: never renumber.</summary>
public enum VectorDatatype : byte
{
    /// <summary>A float of 32 bits.</summary>
    Float32 = 0,

    /// <summary>A float of 16 bits (IEEE 754 binary16): values are rounded to it when they come in.</summary>
    Float16 = 1,

    /// <summary>An integer from 0 to 255.</summary>
    UInt8 = 2,
}
