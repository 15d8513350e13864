using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// A sorted array of <see cref="PackedKey"/>s as the frontier and the result of a walk at once: position and shift by
/// SIMD instead of the two heaps of the paper (measured about twice as fast for the pool sizes of searches).
/// </summary>
/// <remarks>
/// The array has <see cref="Padding"/> more items than its capacity. All items behind the last key, up to the end of the
/// padding, are at least as large as any key that enters: at first <see cref="PackedKey.Last"/>, later also dropped keys.
/// </remarks>
internal static unsafe class SortedPool
{
    /// <summary>Items that an array needs beyond its capacity.</summary>
    public const int Padding = 16;

    private const int Lanes = 8;
    private const int ScanMax = 64;

    /// <summary>Empties a pool.</summary>
    public static void Clear(long* pool, int capacity) =>
        new Span<long>(pool, capacity + Padding).Fill(PackedKey.Last);

    /// <summary>Puts <paramref name="key"/> in its place, moving what is behind it one on.</summary>
    /// <param name="pool">The array; must have room for one item more, or its last one is given up.</param>
    /// <param name="count">Keys held before.</param>
    /// <param name="key">Not larger than item <paramref name="count"/> of the array.</param>
    /// <returns>The position it got.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Insert(long* pool, int count, long key)
    {
        var position = Position(pool, count, key);
        // Safe: moves up to 7 items beyond the last key, which the padding holds.
        for (var i = position + ((count - position) & -Lanes); i >= position; i -= Lanes)
        {
            Vector512.Store(Vector512.Load(pool + i), pool + i + 1);
        }

        pool[position] = key;
        return position;
    }

    /// <summary>How many keys of the pool are smaller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Position(long* pool, int count, long key)
    {
        var first = 0;
        while (count > ScanMax)
        {
            var half = count >> 1;
            first = pool[first + half - 1] < key ? first + half : first;
            count -= half;
        }

        var sought = Vector512.Create(key);
        var position = first;
        for (var i = first; i < first + count; i += Lanes)
        {
            var smaller = Vector512.LessThan(Vector512.Load(pool + i), sought).ExtractMostSignificantBits();
            position += BitOperations.PopCount(smaller);
            if (smaller != 0xFF)
            {
                break;
            }
        }

        return position;
    }
}
