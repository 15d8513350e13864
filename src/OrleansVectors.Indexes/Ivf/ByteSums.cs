using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// For each of a block's 32 entries the inner product of its seven-bit code and a query in signed bytes: pairs of products
/// fit 16 bits (2 * 127 * 127 is 32,258), pairs of pairs 32.
/// </summary>
internal static unsafe class ByteSums
{
    private const int GroupBytes = ByteCodes.ComponentsPerGroup * BlockLayout.Entries;

    /// <summary>Sums a block at the best width.</summary>
    /// <param name="codes">The block's codes.</param>
    /// <param name="query">Four bytes for each group.</param>
    /// <param name="groups">Groups of four components.</param>
    /// <param name="sums">Receives 32 sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sum(byte* codes, sbyte* query, int groups, float* sums)
    {
        if (Avx512BW.IsSupported)
        {
            Sum512(codes, query, groups, sums);
        }
        else if (Avx2.IsSupported)
        {
            Sum256(codes, query, groups, sums);
        }
        else
        {
            SumPortably(codes, query, groups, sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum512(byte* codes, sbyte* query, int groups, float* sums)
    {
        Vector512<int> first = Vector512<int>.Zero, second = first;
        var ones = Vector512.Create((short)1);
        for (var g = 0; g < groups; g++)
        {
            var four = Vector512.Create(((int*)query)[g]).AsSByte();
            first += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(Vector512.Load(codes), four), ones);
            second += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(Vector512.Load(codes + 64), four), ones);
            codes += GroupBytes;
        }

        Vector512.ConvertToSingle(first).Store(sums);
        Vector512.ConvertToSingle(second).Store(sums + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum256(byte* codes, sbyte* query, int groups, float* sums)
    {
        Vector256<int> first = Vector256<int>.Zero, second = first, third = first, fourth = first;
        var ones = Vector256.Create((short)1);
        for (var g = 0; g < groups; g++)
        {
            var four = Vector256.Create(((int*)query)[g]).AsSByte();
            first += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Vector256.Load(codes), four), ones);
            second += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Vector256.Load(codes + 32), four), ones);
            third += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Vector256.Load(codes + 64), four), ones);
            fourth += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Vector256.Load(codes + 96), four), ones);
            codes += GroupBytes;
        }

        Vector256.ConvertToSingle(first).Store(sums);
        Vector256.ConvertToSingle(second).Store(sums + 8);
        Vector256.ConvertToSingle(third).Store(sums + 16);
        Vector256.ConvertToSingle(fourth).Store(sums + 24);
    }

    /// <summary>Four entries a register, their bytes widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumPortably(byte* codes, sbyte* query, int groups, float* sums)
    {
        for (var entry = 0; entry < BlockLayout.Entries; entry += 4)
        {
            var sum = Vector128<int>.Zero;
            for (var g = 0; g < groups; g++)
            {
                var four = Vector128.Load((uint*)(codes + (g * GroupBytes) + (entry * ByteCodes.ComponentsPerGroup)));
                for (var i = 0; i < ByteCodes.ComponentsPerGroup; i++)
                {
                    sum += (Vector128.ShiftRightLogical(four, 8 * i) & Vector128.Create(0x7Fu)).AsInt32() * query[(g * ByteCodes.ComponentsPerGroup) + i];
                }
            }

            Vector128.ConvertToSingle(sum).Store(sums + entry);
        }
    }
}
