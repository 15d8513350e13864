namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>Names the kernel type for a metric and a register width.</summary>
public static class BFloat16KernelPicker
{
    /// <summary>Runs <paramref name="consumer"/> with the kernel of <paramref name="metric"/> at <paramref name="width"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The metric or the width is not a defined one.</exception>
    public static TResult Pick<TConsumer, TResult>(DistanceMetric metric, RegisterWidth width, TConsumer consumer)
        where TConsumer : IBFloat16KernelConsumer<TResult> =>
        StepPicker.Pick<OfBFloat16<TConsumer, TResult>, TResult>(metric, width, new(consumer));

    private readonly struct OfBFloat16<TConsumer, TResult>(TConsumer consumer) : IStepConsumer<TResult>
        where TConsumer : IBFloat16KernelConsumer<TResult>
    {
        public TResult Use<TStep, TWidth, TVector>()
            where TStep : struct, IAccumulationStep
            where TWidth : struct, ISimdWidth<TVector>
            where TVector : struct =>
            consumer.Use<BFloat16Kernel<TStep, TWidth, TVector>>();
    }
}
