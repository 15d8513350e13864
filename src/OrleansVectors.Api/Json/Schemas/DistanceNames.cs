using OrleansVectors.Numerics;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>The public names of metrics. Hamming is an addition of this server's.</summary>
internal static class DistanceNames
{
    /// <summary>Reads a name.</summary>
    public static DistanceMetric Read(ref JsonCursor cursor) => cursor.GetOneOf("Cosine", "Euclid", "Dot", "Manhattan", "Hamming") switch
    {
        "Cosine" => DistanceMetric.Cosine,
        "Euclid" => DistanceMetric.Euclidean,
        "Dot" => DistanceMetric.Dot,
        "Manhattan" => DistanceMetric.Manhattan,
        _ => DistanceMetric.Hamming,
    };

    /// <summary>The name of a metric.</summary>
    public static string Of(DistanceMetric metric) => metric switch
    {
        DistanceMetric.Cosine => "Cosine",
        DistanceMetric.Euclidean => "Euclid",
        DistanceMetric.Dot => "Dot",
        DistanceMetric.Manhattan => "Manhattan",
        DistanceMetric.Hamming => "Hamming",
        _ => throw new ArgumentOutOfRangeException(nameof(metric)),
    };
}
