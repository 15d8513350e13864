using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansVectors.Numerics.Kernels;

/// <summary>Names the kernel type for a metric and a register width: the only place that turns those values into types.</summary>
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
        metric switch
        {
            DistanceMetric.Euclidean => PickWidth<EuclideanStep, TConsumer, TResult>(width, consumer),
            DistanceMetric.Dot or DistanceMetric.Cosine => PickWidth<DotStep, TConsumer, TResult>(width, consumer),
            DistanceMetric.Manhattan => PickWidth<ManhattanStep, TConsumer, TResult>(width, consumer),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "not a distance metric"),
        };

    private static TResult PickWidth<TStep, TConsumer, TResult>(RegisterWidth width, TConsumer consumer)
        where TStep : struct, IAccumulationStep
        where TConsumer : IKernelConsumer<TResult> =>
        width switch
        {
            RegisterWidth.Bits128 => consumer.Use<DistanceKernel<TStep, Width128, Vector128<float>>>(),
            RegisterWidth.Bits256 => consumer.Use<DistanceKernel<TStep, Width256, Vector256<float>>>(),
            RegisterWidth.Bits512 => consumer.Use<DistanceKernel<TStep, Width512, Vector512<float>>>(),
            _ => throw new ArgumentOutOfRangeException(nameof(width), width, "not a register width"),
        };
}
