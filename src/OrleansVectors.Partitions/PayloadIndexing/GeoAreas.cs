using OrleansVectors.Indexes.PayloadIndexes;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Filters.Evaluation;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>Boxes around the areas that geo conditions ask for; what lies outside them does not match.</summary>
internal static class GeoAreas
{
    private static readonly GeoBox s_everywhere = new(-180, -90, 180, 90);

    /// <summary>Degrees that are added on every side of a circle: more than rounding can lose.</summary>
    private const double Margin = 1e-6;

    public static IReadOnlyList<GeoBox> Boxes(GeoBoundingBoxCondition box)
        => box.TopLeft.Lon > box.BottomRight.Lon
            ? [new(box.TopLeft.Lon, box.BottomRight.Lat, 180, box.TopLeft.Lat), new(-180, box.BottomRight.Lat, box.BottomRight.Lon, box.TopLeft.Lat)]
            : [new(box.TopLeft.Lon, box.BottomRight.Lat, box.BottomRight.Lon, box.TopLeft.Lat)];

    /// <summary>Around a circle on the sphere: half its width in longitude is asin(sin(r) / cos(latitude)), unless it holds a pole.</summary>
    public static IReadOnlyList<GeoBox> Boxes(GeoRadiusCondition circle)
    {
        double angle = circle.RadiusMeters / GeoRadiusTest.EarthRadiusMeters;
        double degrees = double.RadiansToDegrees(angle) + Margin;
        double south = circle.Center.Lat - degrees;
        double north = circle.Center.Lat + degrees;
        if (!(angle < Math.PI / 2) || !circle.Center.IsValid)
        {
            return [s_everywhere];
        }

        if (south <= -90 || north >= 90)
        {
            return [new(-180, Math.Max(south, -90), 180, Math.Min(north, 90))];
        }

        double half = double.RadiansToDegrees(Math.Asin(Math.Min(1, Math.Sin(angle) / Math.Cos(double.DegreesToRadians(circle.Center.Lat))))) + Margin;
        double west = circle.Center.Lon - half;
        double east = circle.Center.Lon + half;
        return half >= 180 ? [new(-180, south, 180, north)]
            : west < -180 ? [new(west + 360, south, 180, north), new(-180, south, east, north)]
            : east > 180 ? [new(west, south, 180, north), new(-180, south, east - 360, north)]
            : [new(west, south, east, north)];
    }

    public static IReadOnlyList<GeoBox> Boxes(GeoPolygonCondition polygon)
    {
        IReadOnlyList<GeoPoint> ring = polygon.Polygon.Exterior;
        return [new(ring.Min(p => p.Lon), ring.Min(p => p.Lat), ring.Max(p => p.Lon), ring.Max(p => p.Lat))];
    }
}
