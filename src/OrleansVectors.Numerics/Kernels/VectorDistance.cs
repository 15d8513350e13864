namespace OrleansVectors.Numerics.Kernels;

/// <summary>Distances and norms of single vectors for callers outside the hot loops: spans, any length, the best width.</summary>
public static unsafe class VectorDistance
{
    /// <summary>The distance between two vectors of equal length.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="metric"/> is not a defined metric.</exception>
    public static float Between(DistanceMetric metric, ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        if (left.Length != right.Length)
        {
            throw new ArgumentException($"has {right.Length} components, the other vector {left.Length}", nameof(right));
        }

        fixed (float* a = left, b = right)
        {
            return KernelPicker.Pick<Single, float>(metric, new Single(a, b, (nuint)left.Length));
        }
    }

    /// <summary>Scales a vector to length 1 in place. The zero vector stays as it is.</summary>
    /// <returns>The length it had; positive infinity when that exceeds the range of float32.</returns>
    /// <remarks>
    /// The sum of squares is taken in float32 registers, and again in float64 when it left the range in which those are
    /// exact to rounding, so huge and denormal components are scaled correctly too.
    /// </remarks>
    public static float Normalize(Span<float> vector)
    {
        fixed (float* components = vector)
        {
            var squares = -KernelPicker.Pick<Single, float>(
                DistanceMetric.Dot, new Single(components, components, (nuint)vector.Length));
            var norm = squares is > SmallestTrustedSquares and < float.PositiveInfinity
                ? Math.Sqrt(squares)
                : Math.Sqrt(-ReferenceDistance.Between(DistanceMetric.Dot, vector, vector));
            if (norm == 0)
            {
                return 0;
            }

            for (var i = 0; i < vector.Length; i++)
            {
                vector[i] = (float)(vector[i] / norm);
            }

            return (float)norm;
        }
    }

    /// <summary>Below this the squares of the components may have been denormal, and so inexact.</summary>
    private const float SmallestTrustedSquares = 1e-24f;

    private readonly struct Single(float* left, float* right, nuint length) : IKernelConsumer<float>
    {
        public float Use<TKernel>()
            where TKernel : struct, IDistanceKernel =>
            TKernel.Distance(left, right, length);
    }
}
