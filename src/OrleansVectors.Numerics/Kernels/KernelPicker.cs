using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansVectors.Numerics.Kernels;

/// <summary>Names the kernel type for a metric and a register width.</summary>
public static class KernelPicker
{
    /// <summary>The widest register that this machine computes with in hardware.</summary>
    public static RegisterWidth BestWidth =>
        Avx512F.IsSupported ? RegisterWidth.Bits512
        : Vector256.IsHardwareAccelerated ? RegisterWidth.Bits256
        : RegisterWidth.Bits128;

    /// <summary>Runs <paramref name="consumer"/> with the kernel of <paramref name="metric"/> at <see cref="BestWidth"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="metric"/> is not a defined metric.</exception>
    public static TResult Pick<TConsumer, TResult>(DistanceMetric metric, TConsumer consumer)
        where TConsumer : IKernelConsumer<TResult> =>
        Pick<TConsumer, TResult>(metric, BestWidth, consumer);

    /// <summary>Runs <paramref name="consumer"/> with the kernel of <paramref name="metric"/> at <paramref name="width"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The metric or the width is not a defined one.</exception>
    public static TResult Pick<TConsumer, TResult>(DistanceMetric metric, RegisterWidth width, TConsumer consumer)
        where TConsumer : IKernelConsumer<TResult> =>
        StepPicker.Pick<OfFloats<TConsumer, TResult>, TResult>(metric, width, new(consumer));

    private readonly struct OfFloats<TConsumer, TResult>(TConsumer consumer) : IStepConsumer<TResult>
        where TConsumer : IKernelConsumer<TResult>
    {
        public TResult Use<TStep, TWidth, TVector>()
            where TStep : struct, IAccumulationStep
            where TWidth : struct, ISimdWidth<TVector>
            where TVector : struct =>
            consumer.Use<DistanceKernel<TStep, TWidth, TVector>>();
    }
}
