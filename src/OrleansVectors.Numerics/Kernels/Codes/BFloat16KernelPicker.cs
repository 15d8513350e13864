using System.Runtime.Intrinsics;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>Names the kernel type for a metric and a register width.</summary>
public static class BFloat16KernelPicker
{
    /// <summary>Runs <paramref name="consumer"/> with the kernel of <paramref name="metric"/> at <paramref name="width"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The metric or the width is not a defined one.</exception>
    public static TResult Pick<TConsumer, TResult>(DistanceMetric metric, RegisterWidth width, TConsumer consumer)
        where TConsumer : IBFloat16KernelConsumer<TResult> =>
        metric switch
        {
            DistanceMetric.Euclidean => PickWidth<EuclideanStep, TConsumer, TResult>(width, consumer),
            DistanceMetric.Dot or DistanceMetric.Cosine => PickWidth<DotStep, TConsumer, TResult>(width, consumer),
            DistanceMetric.Manhattan => PickWidth<ManhattanStep, TConsumer, TResult>(width, consumer),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "not a distance metric"),
        };

    private static TResult PickWidth<TStep, TConsumer, TResult>(RegisterWidth width, TConsumer consumer)
        where TStep : struct, IAccumulationStep
        where TConsumer : IBFloat16KernelConsumer<TResult> =>
        width switch
        {
            RegisterWidth.Bits128 => consumer.Use<BFloat16Kernel<TStep, Width128, Vector128<float>>>(),
            RegisterWidth.Bits256 => consumer.Use<BFloat16Kernel<TStep, Width256, Vector256<float>>>(),
            RegisterWidth.Bits512 => consumer.Use<BFloat16Kernel<TStep, Width512, Vector512<float>>>(),
            _ => throw new ArgumentOutOfRangeException(nameof(width), width, "not a register width"),
        };
}
