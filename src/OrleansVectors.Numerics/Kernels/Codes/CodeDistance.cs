namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>What is summed over the components of a code and of a query, and how the code's components are packed.</summary>
public enum CodeDistance
{
    /// <summary>Sum of (a - b)^2; bytes of 0 to 127 on both sides.</summary>
    ByteEuclidean,

    /// <summary>Sum of |a - b|; bytes.</summary>
    ByteManhattan,

    /// <summary>Sum of a * b; bytes of 0 to 127, the query's signed.</summary>
    ByteDot,

    /// <summary>Sum of (4a - b)^2; nibbles, the query's bytes of 0 to 63.</summary>
    NibbleEuclidean,

    /// <summary>Sum of |4a - b|; nibbles, the query's bytes of 0 to 63.</summary>
    NibbleManhattan,

    /// <summary>Sum of a * b; nibbles, the query's bytes signed.</summary>
    NibbleDot,

    /// <summary>Sum of a * b; components of 2 bits, the query's bytes signed.</summary>
    CrumbDot,

    /// <summary>Sum of a * b; components of 1 bit, the query's bytes signed.</summary>
    BitDot,

    /// <summary>The number of bits that differ; the query packed as the code is.</summary>
    Hamming,
}
