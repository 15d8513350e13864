using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Vectors;

/// <summary>
/// A set of vectors by ordinal, and how near they are to each other and to a query. What it stores of them is its own
/// business: an index sees distances only, and is compiled for each kind of space.
/// </summary>
/// <remarks>
/// Distances of a space that stores less than the vectors approximate its metric's, on the same scale, so that one may
/// take another's place under a graph. Ordinals that an index reaches are immutable.
/// </remarks>
public abstract class VectorSpace
{
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="metric"/> is not a defined metric, or a number is not positive.</exception>
    private protected VectorSpace(int dim, DistanceMetric metric, uint capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dim);
        ArgumentOutOfRangeException.ThrowIfZero(capacity);
        if (!Enum.IsDefined(metric))
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, "not a distance metric");
        }

        Dim = dim;
        Metric = metric;
        Capacity = capacity;
    }

    /// <summary>Components of a vector.</summary>
    public int Dim { get; }

    /// <summary>How near two vectors are.</summary>
    public DistanceMetric Metric { get; }

    /// <summary>The most ordinals it can hold.</summary>
    public uint Capacity { get; }

    /// <summary>Bytes of memory of its own that each scorer needs; the same for the life of the space.</summary>
    internal abstract int ContextBytes { get; }

    /// <summary>Runs <paramref name="consumer"/> with the scorer of this space.</summary>
    internal abstract TResult Use<TConsumer, TResult>(TConsumer consumer)
        where TConsumer : struct, IScorerConsumer<TResult>;
}
