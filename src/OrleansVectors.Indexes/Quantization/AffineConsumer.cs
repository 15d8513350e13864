using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Hands the affine scoring of a kernel on.</summary>
internal readonly struct AffineConsumer<TConsumer, TResult>(TConsumer consumer) : ICodeKernelConsumer<TResult>
    where TConsumer : struct, ICodeScoringConsumer<TResult>
{
    public TResult Use<TKernel>()
        where TKernel : struct, ICodeKernel =>
        consumer.Use<AffineScoring<TKernel>>();
}
