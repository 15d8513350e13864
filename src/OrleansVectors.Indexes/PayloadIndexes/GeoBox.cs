namespace OrleansVectors.Indexes.PayloadIndexes;

/// <summary>A closed box of longitudes and latitudes in degrees; it does not cross the antimeridian.</summary>
public readonly record struct GeoBox(double West, double South, double East, double North);
