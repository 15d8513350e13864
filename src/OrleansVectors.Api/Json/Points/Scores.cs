using OrleansVectors.Numerics;

namespace OrleansVectors.Api.Json.Points;

/// <summary>
/// Scores, made of distances here and nowhere else. Dot and Cosine: larger is better, the product itself. Euclid and
/// Manhattan: smaller is better, the length itself. Hamming: smaller is better, the number of components that differ.
/// </summary>
internal static class Scores
{
    /// <summary>The score of a distance.</summary>
    public static float OfDistance(DistanceMetric metric, float distance) => metric switch
    {
        DistanceMetric.Euclidean => MathF.Sqrt(distance),
        DistanceMetric.Manhattan or DistanceMetric.Hamming => distance,

        // Subtracting from zero, since a negated zero would be written as -0.
        _ => 0f - distance,
    };

    /// <summary>The largest distance whose score is as good as a threshold.</summary>
    public static float DistanceMax(DistanceMetric metric, float threshold) => metric switch
    {
        DistanceMetric.Euclidean => LargestSquare(threshold),
        DistanceMetric.Manhattan or DistanceMetric.Hamming => threshold,
        _ => 0f - threshold,
    };

    /// <summary>
    /// The largest d with sqrt(d) at most the threshold, in float32: squaring alone would lose a point whose own score was
    /// given back as the threshold.
    /// </summary>
    private static float LargestSquare(float threshold)
    {
        if (threshold < 0)
            return -1;
        float square = MathF.Min(threshold * threshold, float.MaxValue);
        while (square > 0 && MathF.Sqrt(square) > threshold)
            square = MathF.BitDecrement(square);
        while (square < float.MaxValue && MathF.Sqrt(MathF.BitIncrement(square)) <= threshold)
            square = MathF.BitIncrement(square);
        return square;
    }
}
