namespace OrleansVectors.Numerics.Kernels;

/// <summary>The formulas as one would write them on paper, summed in float64: what every kernel is tested against.</summary>
public static class ReferenceDistance
{
    /// <summary>The distance between two vectors of equal length.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="metric"/> is not a defined metric.</exception>
    public static double Between(DistanceMetric metric, ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        if (left.Length != right.Length)
        {
            throw new ArgumentException($"has {right.Length} components, the other vector {left.Length}", nameof(right));
        }

        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            double a = left[i], b = right[i];
            sum += metric switch
            {
                DistanceMetric.Euclidean => (a - b) * (a - b),
                DistanceMetric.Dot or DistanceMetric.Cosine => -a * b,
                DistanceMetric.Manhattan => Math.Abs(a - b),
                DistanceMetric.Hamming => a == b ? 0 : 1,
                _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "not a distance metric"),
            };
        }

        return sum;
    }
}
