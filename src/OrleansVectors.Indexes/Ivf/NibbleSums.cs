using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// The fast scan: for each of a block's 32 entries the sum over the columns of the byte that the entry's code names in the
/// column's table, 16, 32 or 64 lookups an instruction.
/// </summary>
/// <remarks>
/// Bytes are added up in 16-bit lanes without unpacking: one sum takes the lanes as they are (the odd byte times 256, plus the
/// even one, modulo 2^16), another the odd bytes alone; the even bytes' sum is the first minus 256 times the second. After
/// <see cref="GroupsAtOnce"/> groups, when the 16 bits could overflow, the sums move on to floats.
/// </remarks>
internal static unsafe class NibbleSums
{
    /// <summary>64 groups are 256 columns, whose bytes add up to at most 65,280.</summary>
    public const int GroupsAtOnce = 64;

    private const int GroupBytes = 64;
    private const int HalfEntries = BlockLayout.Entries / 2;

    /// <summary>Sums a block at the best width.</summary>
    /// <param name="codes">The block's codes.</param>
    /// <param name="table">For each column 16 bytes.</param>
    /// <param name="groups">Groups of four columns.</param>
    /// <param name="sums">Receives 32 sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sum(byte* codes, byte* table, int groups, float* sums)
    {
        if (Avx512BW.IsSupported)
        {
            Sum512(codes, table, groups, sums);
        }
        else if (Avx2.IsSupported)
        {
            Sum256(codes, table, groups, sums);
        }
        else
        {
            Sum128(codes, table, groups, sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum512(byte* codes, byte* table, int groups, float* sums)
    {
        var half = Vector512.Create((byte)0xF);
        for (var done = 0; done < groups; done += GroupsAtOnce)
        {
            var end = codes + ((nint)Math.Min(GroupsAtOnce, groups - done) * GroupBytes);
            Vector512<ushort> low = Vector512<ushort>.Zero, lowOdd = low, high = low, highOdd = low;
            for (; codes < end; codes += GroupBytes, table += GroupBytes)
            {
                var code = Vector512.Load(codes);
                var words = Vector512.Load(table);
                var first = Avx512BW.Shuffle(words, code & half).AsUInt16();
                var second = Avx512BW.Shuffle(words, Vector512.ShiftRightLogical(code.AsUInt16(), 4).AsByte() & half).AsUInt16();
                low += first;
                lowOdd += Vector512.ShiftRightLogical(first, 8);
                high += second;
                highOdd += Vector512.ShiftRightLogical(second, 8);
            }

            Keep(Fold(low - Vector512.ShiftLeft(lowOdd, 8)), Fold(lowOdd), sums, done != 0);
            Keep(Fold(high - Vector512.ShiftLeft(highOdd, 8)), Fold(highOdd), sums + HalfEntries, done != 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum256(byte* codes, byte* table, int groups, float* sums)
    {
        var half = Vector256.Create((byte)0xF);
        for (var done = 0; done < groups; done += GroupsAtOnce)
        {
            var end = codes + ((nint)Math.Min(GroupsAtOnce, groups - done) * GroupBytes);
            Vector256<ushort> low = Vector256<ushort>.Zero, lowOdd = low, high = low, highOdd = low;
            for (; codes < end; codes += GroupBytes / 2, table += GroupBytes / 2)
            {
                var code = Vector256.Load(codes);
                var words = Vector256.Load(table);
                var first = Avx2.Shuffle(words, code & half).AsUInt16();
                var second = Avx2.Shuffle(words, Vector256.ShiftRightLogical(code.AsUInt16(), 4).AsByte() & half).AsUInt16();
                low += first;
                lowOdd += Vector256.ShiftRightLogical(first, 8);
                high += second;
                highOdd += Vector256.ShiftRightLogical(second, 8);
            }

            Keep(Fold(low - Vector256.ShiftLeft(lowOdd, 8)), Fold(lowOdd), sums, done != 0);
            Keep(Fold(high - Vector256.ShiftLeft(highOdd, 8)), Fold(highOdd), sums + HalfEntries, done != 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum128(byte* codes, byte* table, int groups, float* sums)
    {
        var half = Vector128.Create((byte)0xF);
        for (var done = 0; done < groups; done += GroupsAtOnce)
        {
            var end = codes + ((nint)Math.Min(GroupsAtOnce, groups - done) * GroupBytes);
            Vector128<ushort> low = Vector128<ushort>.Zero, lowOdd = low, high = low, highOdd = low;
            for (; codes < end; codes += GroupBytes / 4, table += GroupBytes / 4)
            {
                var code = Vector128.Load(codes);
                var words = Vector128.Load(table);
                var first = Vector128.ShuffleNative(words, code & half).AsUInt16();
                var second = Vector128.ShuffleNative(words, Vector128.ShiftRightLogical(code.AsUInt16(), 4).AsByte() & half).AsUInt16();
                low += first;
                lowOdd += Vector128.ShiftRightLogical(first, 8);
                high += second;
                highOdd += Vector128.ShiftRightLogical(second, 8);
            }

            Keep(low - Vector128.ShiftLeft(lowOdd, 8), lowOdd, sums, done != 0);
            Keep(high - Vector128.ShiftLeft(highOdd, 8), highOdd, sums + HalfEntries, done != 0);
        }
    }

    private static Vector128<ushort> Fold(Vector512<ushort> value) => Fold(value.GetLower() + value.GetUpper());

    private static Vector128<ushort> Fold(Vector256<ushort> value) => value.GetLower() + value.GetUpper();

    /// <summary>Brings even and odd entries back into their order and stores or adds their sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(Vector128<ushort> even, Vector128<ushort> odd, float* sums, bool isMore)
    {
        // An even entry and the odd one after it become the halves of 32 bits, and then floats of their own.
        var (evenLow, evenHigh) = Vector128.Widen(even);
        var (oddLow, oddHigh) = Vector128.Widen(odd);
        Keep((evenLow | Vector128.ShiftLeft(oddLow, 16)).AsUInt16(), sums, isMore);
        Keep((evenHigh | Vector128.ShiftLeft(oddHigh, 16)).AsUInt16(), sums + 8, isMore);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(Vector128<ushort> eight, float* sums, bool isMore)
    {
        var (low, high) = Vector128.Widen(eight);
        var lowSums = Vector128.ConvertToSingle(low.AsInt32());
        var highSums = Vector128.ConvertToSingle(high.AsInt32());
        if (isMore)
        {
            lowSums += Vector128.Load(sums);
            highSums += Vector128.Load(sums + 4);
        }

        lowSums.Store(sums);
        highSums.Store(sums + 4);
    }
}
