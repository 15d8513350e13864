namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>Inside a box of longitudes and latitudes.</summary>
internal sealed class GeoBoxTest(GeoPoint topLeft, GeoPoint bottomRight) : GeoTest
{
    protected override bool Contains(GeoPoint place)
    {
        bool afterLeft = place.Lon > topLeft.Lon;
        bool beforeRight = place.Lon < bottomRight.Lon;
        bool longitude = topLeft.Lon > bottomRight.Lon ? afterLeft || beforeRight : afterLeft && beforeRight;
        return longitude && place.Lat > bottomRight.Lat && place.Lat < topLeft.Lat;
    }
}
