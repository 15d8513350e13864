namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// Where things are in a block of a list: <see cref="Entries"/> entries that are scored together.
/// </summary>
/// <remarks>
/// <code>
///   0  u32 next block or None, u32 list, u32 slots used, zeros
///  64  u32 ordinal of each entry; None where there is none (any more)
/// 192  f32 offset of each entry   } only where the lists hold codes
/// 320  f32 factor of each entry   }
/// 448  the codes, as their kind arranges them
/// </code>
/// </remarks>
/// <param name="codeBytes">Bytes of the codes of a block, a multiple of 64; 0 where entries are scored by their rows.</param>
internal readonly unsafe struct BlockLayout(int codeBytes)
{
    /// <summary>Entries of a block: two registers of 16 sums.</summary>
    public const int Entries = 32;

    /// <summary>No entry, no block.</summary>
    public const uint None = uint.MaxValue;

    private const int OrdinalsAt = 64;
    private const int OffsetsAt = 192;
    private const int FactorsAt = 320;
    private const int CodesAt = 448;

    public int Bytes => codeBytes == 0 ? OffsetsAt : CodesAt + codeBytes;

    public static ref uint Next(byte* block) => ref *(uint*)block;

    public static ref uint List(byte* block) => ref *(uint*)(block + 4);

    public static ref uint Used(byte* block) => ref *(uint*)(block + 8);

    public static uint* Ordinals(byte* block) => (uint*)(block + OrdinalsAt);

    public static float* Offsets(byte* block) => (float*)(block + OffsetsAt);

    public static float* Factors(byte* block) => (float*)(block + FactorsAt);

    public static byte* Codes(byte* block) => block + CodesAt;
}
