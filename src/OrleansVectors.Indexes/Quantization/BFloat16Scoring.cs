using System.Runtime.CompilerServices;
using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Distances from rows of bfloat16.</summary>
internal readonly unsafe struct BFloat16Scoring<TKernel> : ICodeScoring
    where TKernel : struct, IBFloat16Kernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Score(CodeQuery* query, byte* code) =>
        TKernel.Distance((float*)query->Components, code, query->Length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather(CodeQuery* query, byte* codes, nuint strideBytes, uint* ordinals, int count, float* distances) =>
        TKernel.Gather((float*)query->Components, codes, strideBytes, query->Length, ordinals, count, distances);

    public static void Scan(CodeQuery* query, byte* codes, nuint strideBytes, int count, float* distances) =>
        TKernel.Scan((float*)query->Components, codes, strideBytes, query->Length, count, distances);
}
