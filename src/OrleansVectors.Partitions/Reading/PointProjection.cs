using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Reading;

/// <summary>What of a point an answer carries besides its id.</summary>
/// <param name="Payload">Which payload keys.</param>
/// <param name="VectorNames">Which vectors: null for all, empty for none.</param>
public sealed record PointProjection(PayloadSelection Payload, IReadOnlyList<string>? VectorNames)
{
    /// <summary>The id alone.</summary>
    public static PointProjection IdOnly { get; } = new(PayloadSelection.None, []);

    /// <summary>Payload and vectors.</summary>
    public static PointProjection Everything { get; } = new(PayloadSelection.All, null);
}
