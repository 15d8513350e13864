using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Distances that are a kernel's integer sum times a number plus a number.</summary>
internal readonly unsafe struct AffineScoring<TKernel> : ICodeScoring
    where TKernel : struct, ICodeKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Score(CodeQuery* query, byte* code) =>
        query->Offset + (query->Scale * TKernel.Sum(query->Components, code, query->Length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather(CodeQuery* query, byte* codes, nuint strideBytes, uint* ordinals, int count, float* distances)
    {
        TKernel.Gather(query->Components, codes, strideBytes, query->Length, ordinals, count, (int*)distances);
        Finish(query, distances, count);
    }

    public static void Scan(CodeQuery* query, byte* codes, nuint strideBytes, int count, float* distances)
    {
        TKernel.Scan(query->Components, codes, strideBytes, query->Length, count, (int*)distances);
        Finish(query, distances, count);
    }

    /// <summary>Turns sums into distances in their place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(CodeQuery* query, float* distances, int count)
    {
        var sums = (int*)distances;
        float scale = query->Scale, offset = query->Offset;
        var i = 0;
        for (; i + Vector128<int>.Count <= count; i += Vector128<int>.Count)
        {
            var sum = Vector128.ConvertToSingle(Vector128.Load(sums + i));
            ((sum * Vector128.Create(scale)) + Vector128.Create(offset)).Store(distances + i);
        }

        for (; i < count; i++)
        {
            distances[i] = offset + (scale * sums[i]);
        }
    }
}
