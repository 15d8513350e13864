namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>
/// Inside a polygon and outside its holes, on no edge. By winding number (Sunday, "Inclusion of a point in a polygon",
/// 2001), so that an area a ring goes around twice is inside.
/// </summary>
internal sealed class GeoPolygonTest(GeoPolygon polygon) : GeoTest
{
    private readonly GeoPoint[] _exterior = [.. polygon.Exterior];
    private readonly GeoPoint[][] _interiors = [.. polygon.Interiors.Select(ring => ring.ToArray())];

    protected override bool Contains(GeoPoint place)
    {
        if (Locate(_exterior, place) != Place.Inside)
        {
            return false;
        }

        foreach (GeoPoint[] hole in _interiors)
        {
            if (Locate(hole, place) != Place.Outside)
            {
                return false;
            }
        }

        return true;
    }

    private static Place Locate(GeoPoint[] ring, GeoPoint place)
    {
        int winding = 0;
        for (int i = 0; i + 1 < ring.Length; i++)
        {
            GeoPoint from = ring[i];
            GeoPoint to = ring[i + 1];
            double side = ((to.Lon - from.Lon) * (place.Lat - from.Lat)) - ((place.Lon - from.Lon) * (to.Lat - from.Lat));
            if (side == 0 && IsBetween(from.Lon, to.Lon, place.Lon) && IsBetween(from.Lat, to.Lat, place.Lat))
            {
                return Place.OnEdge;
            }

            if (from.Lat <= place.Lat && to.Lat > place.Lat && side > 0)
            {
                winding++;
            }
            else if (from.Lat > place.Lat && to.Lat <= place.Lat && side < 0)
            {
                winding--;
            }
        }

        return winding != 0 ? Place.Inside : Place.Outside;
    }

    private static bool IsBetween(double a, double b, double value) => value >= Math.Min(a, b) && value <= Math.Max(a, b);

    private enum Place
    {
        Outside,
        OnEdge,
        Inside,
    }
}
