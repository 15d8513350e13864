namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>The layout that the kernels ask of codes: a whole number of blocks, the rest of the last one zero.</summary>
/// <remarks>
/// A block is a cache line and the widest register. Where a byte holds several components (two nibbles, four pairs of
/// bits, eight bits), part p of the byte i of a block meets the query's byte <c>block * 64 * parts + p * 64 + i</c>:
/// the parts of one register are then registers of the query, at every width, and nothing is interleaved.
/// </remarks>
public static class CodeBlocks
{
    /// <summary>Bytes in a block: 64.</summary>
    public const int Bytes = 64;

    /// <summary>The length of a code of <paramref name="bytes"/> bytes in whole blocks.</summary>
    public static int PaddedLength(int bytes) => checked(bytes + Bytes - 1) / Bytes * Bytes;
}
