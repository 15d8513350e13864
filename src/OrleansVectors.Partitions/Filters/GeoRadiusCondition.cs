using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters;

/// <summary>
/// A place at <paramref name="Key"/>, or an element of an array there, is less than <paramref name="RadiusMeters"/> away
/// from the centre, on a sphere of the mean radius of the earth.
/// </summary>
public sealed record GeoRadiusCondition(PayloadPath Key, GeoPoint Center, double RadiusMeters) : Condition;
