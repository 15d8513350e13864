using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Distances of product codes: for each byte of code, two entries of the query's tables of sixteen floats.</summary>
internal readonly unsafe struct ProductScoring : ICodeScoring
{
    private const int CodesAhead = 8;
    private const int TableFloats = 2 * ProductCodebook.Centroids;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Score(CodeQuery* query, byte* code) =>
        query->Offset + Sum((float*)query->Components, code, query->Length);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(CodeQuery* query, byte* codes, nuint strideBytes, uint* ordinals, int count, float* distances)
    {
        for (var i = 0; i < Math.Min(count, CodesAhead); i++)
        {
            Prefetch(codes + (ordinals[i] * strideBytes), query->Length);
        }

        for (var i = 0; i < count; i++)
        {
            if (i + CodesAhead < count)
            {
                Prefetch(codes + (ordinals[i + CodesAhead] * strideBytes), query->Length);
            }

            distances[i] = Score(query, codes + (ordinals[i] * strideBytes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scan(CodeQuery* query, byte* codes, nuint strideBytes, int count, float* distances)
    {
        for (var i = 0; i < count; i++)
        {
            distances[i] = Score(query, codes + ((nuint)i * strideBytes));
        }
    }

    /// <summary>Four sums hide the latency of the additions; the length is a multiple of two bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(float* tables, byte* code, nuint length)
    {
        float sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
        for (nuint i = 0; i < length; i += 2, tables += 2 * TableFloats)
        {
            uint first = code[i], second = code[i + 1];
            sum0 += tables[first & 15];
            sum1 += tables[16 + (first >> 4)];
            sum2 += tables[32 + (second & 15)];
            sum3 += tables[48 + (second >> 4)];
        }

        return (sum0 + sum1) + (sum2 + sum3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* code, nuint length)
    {
        if (Sse.IsSupported)
        {
            for (nuint i = 0; i < length; i += CodeBlocks.Bytes)
            {
                Sse.Prefetch0(code + i);
            }
        }
    }
}
