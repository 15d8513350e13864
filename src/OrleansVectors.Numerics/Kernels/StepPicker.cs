using System.Runtime.Intrinsics;

namespace OrleansVectors.Numerics.Kernels;

/// <summary>Names the step of a metric and the registers of a width: the only place that turns those values into types.</summary>
internal static class StepPicker
{
    /// <summary>Runs <paramref name="consumer"/> with the types of <paramref name="metric"/> and <paramref name="width"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The metric or the width is not a defined one.</exception>
    public static TResult Pick<TConsumer, TResult>(DistanceMetric metric, RegisterWidth width, TConsumer consumer)
        where TConsumer : IStepConsumer<TResult> =>
        metric switch
        {
            DistanceMetric.Euclidean => PickWidth<EuclideanStep, TConsumer, TResult>(width, consumer),
            DistanceMetric.Dot or DistanceMetric.Cosine => PickWidth<DotStep, TConsumer, TResult>(width, consumer),
            DistanceMetric.Manhattan => PickWidth<ManhattanStep, TConsumer, TResult>(width, consumer),
            DistanceMetric.Hamming => PickWidth<HammingStep, TConsumer, TResult>(width, consumer),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "not a distance metric"),
        };

    private static TResult PickWidth<TStep, TConsumer, TResult>(RegisterWidth width, TConsumer consumer)
        where TStep : struct, IAccumulationStep
        where TConsumer : IStepConsumer<TResult> =>
        width switch
        {
            RegisterWidth.Bits128 => consumer.Use<TStep, Width128, Vector128<float>>(),
            RegisterWidth.Bits256 => consumer.Use<TStep, Width256, Vector256<float>>(),
            RegisterWidth.Bits512 => consumer.Use<TStep, Width512, Vector512<float>>(),
            _ => throw new ArgumentOutOfRangeException(nameof(width), width, "not a register width"),
        };
}
