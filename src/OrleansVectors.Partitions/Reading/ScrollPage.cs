namespace OrleansVectors.Partitions.Reading;

/// <summary>A page of points.</summary>
/// <param name="Points">The points, in order; with an order the values beside them are in <paramref name="OrderValues"/>.</param>
/// <param name="OrderValues">Parallel to <paramref name="Points"/>; null when the order is the id's.</param>
/// <param name="Next">Where the next page begins; null at the end, and always with an order.</param>
public sealed record ScrollPage(IReadOnlyList<PointRecord> Points, IReadOnlyList<OrderValue>? OrderValues, PointId? Next);
