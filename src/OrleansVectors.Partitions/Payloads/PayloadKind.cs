using System.Diagnostics.CodeAnalysis;

namespace OrleansVectors.Partitions.Payloads;

/// <summary>What a stored value is. The numbers are the tags of the binary form and never change.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The kinds are named after what they hold; there is no plainer word.")]
public enum PayloadKind : byte
{
    /// <summary>JSON null.</summary>
    Null = 0,

    /// <summary>JSON false.</summary>
    False = 1,

    /// <summary>JSON true.</summary>
    True = 2,

    /// <summary>An integer that fits a signed 64-bit number.</summary>
    Int64 = 3,

    /// <summary>An integer above the signed range that fits an unsigned 64-bit number.</summary>
    UInt64 = 4,

    /// <summary>A finite number that was written with a fraction or an exponent, or an integer beyond 64 bits.</summary>
    Double = 5,

    /// <summary>Text, valid UTF-8.</summary>
    String = 6,

    /// <summary>A list of values.</summary>
    Array = 7,

    /// <summary>Keys (valid UTF-8, each once) with values, in insertion order.</summary>
    Object = 8,
}
