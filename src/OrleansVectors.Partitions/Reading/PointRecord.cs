using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Reading;

/// <summary>A stored point as an answer carries it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Sequence of the operation that last changed it.</param>
/// <param name="Payload">The whole payload (the projection is applied when JSON is written), or null when not asked for.</param>
/// <param name="Vectors">The vectors asked for, or null when none were.</param>
public sealed record PointRecord(
    PointId Id,
    ulong Version,
    PayloadDocument? Payload,
    IReadOnlyList<NamedVector>? Vectors);
