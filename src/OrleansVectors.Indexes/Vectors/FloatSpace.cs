using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Vectors;

/// <summary>float32 vectors and their exact distances.</summary>
public sealed class FloatSpace : VectorSpace
{
    /// <param name="rows">The vectors; they stay the caller's and must outlive the space.</param>
    /// <param name="metric">How near two vectors are.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="metric"/> is not a defined metric.</exception>
    public FloatSpace(VectorRows rows, DistanceMetric metric)
        : base(rows.Dim, metric, rows.Capacity) => Rows = rows;

    /// <summary>The vectors.</summary>
    public VectorRows Rows { get; }

    internal override int ContextBytes => 0;

    internal override TResult Use<TConsumer, TResult>(TConsumer consumer) =>
        KernelPicker.Pick<KernelConsumer<TConsumer, TResult>, TResult>(Metric, new(consumer));

    private readonly struct KernelConsumer<TConsumer, TResult>(TConsumer consumer) : IKernelConsumer<TResult>
        where TConsumer : struct, IScorerConsumer<TResult>
    {
        public TResult Use<TKernel>()
            where TKernel : struct, IDistanceKernel =>
            consumer.Use<FloatScorer<TKernel>>();
    }
}
