namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>Within a distance of a centre, by the haversine formula.</summary>
internal sealed class GeoRadiusTest(GeoPoint center, double radiusMeters) : GeoTest
{
    /// <summary>Mean radius of the earth as the IUGG defines it (2a + b) / 3, in metres.</summary>
    public const double EarthRadiusMeters = 6_371_008.8;

    protected override bool Contains(GeoPoint place) => Distance(center, place) < radiusMeters;

    /// <summary>Great-circle distance in metres.</summary>
    public static double Distance(GeoPoint a, GeoPoint b)
    {
        double latitudeA = double.DegreesToRadians(a.Lat);
        double latitudeB = double.DegreesToRadians(b.Lat);
        double halfLatitude = Math.Sin((latitudeB - latitudeA) / 2);
        double halfLongitude = Math.Sin(double.DegreesToRadians(b.Lon - a.Lon) / 2);
        double h = (halfLatitude * halfLatitude)
            + (Math.Cos(latitudeA) * Math.Cos(latitudeB) * halfLongitude * halfLongitude);
        return 2 * EarthRadiusMeters * Math.Asin(Math.Min(1, Math.Sqrt(h)));
    }
}
