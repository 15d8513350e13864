using System.Runtime.CompilerServices;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// A candidate in 64 bits, `distance | ordinal | expanded`, whose signed order is: nearer first, then smaller ordinal.
/// </summary>
/// <remarks>Ordinals take 31 bits. -0 counts as 0; NaN sorts behind positive infinity.</remarks>
internal static class PackedKey
{
    /// <summary>The most ordinals that fit.</summary>
    public const uint OrdinalsMax = 1u << 31;

    /// <summary>Behind every candidate; fills the unused part of a pool.</summary>
    public const long Last = long.MaxValue;

    private const int NotANumber = 0x7FC0_0000;
    private const int AllButSign = 0x7FFF_FFFF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Of(float distance, uint ordinal)
    {
        var bits = float.IsNaN(distance) ? NotANumber : BitConverter.SingleToInt32Bits(distance + 0f);
        bits ^= (bits >> 31) & AllButSign;
        return ((long)bits << 32) | ((long)ordinal << 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Ordinal(long key) => (uint)key >> 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExpanded(long key) => (key & 1) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Expanded(long key) => key | 1;

    /// <summary>The distance; NaN for <see cref="Last"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Distance(long key)
    {
        var bits = (int)(key >> 32);
        bits ^= (bits >> 31) & AllButSign;
        return BitConverter.Int32BitsToSingle(bits);
    }
}
