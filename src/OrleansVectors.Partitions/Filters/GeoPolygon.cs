namespace OrleansVectors.Partitions.Filters;

/// <summary>
/// An area inside <paramref name="Exterior"/> and outside every one of <paramref name="Interiors"/>. Rings have at least
/// <see cref="RingPointsMin"/> points, the last equal to the first; edges are straight in longitude and latitude.
/// </summary>
public sealed record GeoPolygon(IReadOnlyList<GeoPoint> Exterior, IReadOnlyList<IReadOnlyList<GeoPoint>> Interiors)
{
    /// <summary>Fewest points of a ring: a triangle and its first point again.</summary>
    public const int RingPointsMin = 4;

    /// <summary>True when the points form a closed ring.</summary>
    public static bool IsRing(IReadOnlyList<GeoPoint> points)
        => points.Count >= RingPointsMin
            && Math.Abs(points[0].Lon - points[^1].Lon) <= double.Epsilon
            && Math.Abs(points[0].Lat - points[^1].Lat) <= double.Epsilon;
}
