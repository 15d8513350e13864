namespace OrleansVectors.Partitions.Filters;

/// <summary>A place in degrees: longitude -180 to 180, latitude -90 to 90.</summary>
public readonly record struct GeoPoint(double Lon, double Lat)
{
    /// <summary>True when both are within their range.</summary>
    public bool IsValid => Lon is >= -180 and <= 180 && Lat is >= -90 and <= 90;
}
