using System.Runtime.CompilerServices;
using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Distances of codes that carry <see cref="RaBitQFactors"/> behind their numbers.</summary>
internal readonly unsafe struct FactoredScoring<TKernel> : ICodeScoring
    where TKernel : struct, ICodeKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Score(CodeQuery* query, byte* code) =>
        Distance(query, code, TKernel.Sum(query->Components, code, query->Length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather(CodeQuery* query, byte* codes, nuint strideBytes, uint* ordinals, int count, float* distances)
    {
        var sums = (int*)distances;
        TKernel.Gather(query->Components, codes, strideBytes, query->Length, ordinals, count, sums);
        for (var i = 0; i < count; i++)
        {
            distances[i] = Distance(query, codes + (ordinals[i] * strideBytes), sums[i]);
        }
    }

    public static void Scan(CodeQuery* query, byte* codes, nuint strideBytes, int count, float* distances)
    {
        var sums = (int*)distances;
        TKernel.Scan(query->Components, codes, strideBytes, query->Length, count, sums);
        for (var i = 0; i < count; i++)
        {
            distances[i] = Distance(query, codes + ((nuint)i * strideBytes), sums[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Distance(CodeQuery* query, byte* code, int sum)
    {
        var factors = (RaBitQFactors*)(code + query->FactorsAt);
        return query->Offset + factors->Own + (factors->PerProduct * ((query->Scale * sum) + query->Shift));
    }
}
