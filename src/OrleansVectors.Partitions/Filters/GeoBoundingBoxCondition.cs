using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters;

/// <summary>
/// A place <c>{"lon", "lat"}</c> at <paramref name="Key"/>, or an element of an array there, lies inside the box, not on
/// its edge. A box whose left is east of its right crosses the antimeridian.
/// </summary>
public sealed record GeoBoundingBoxCondition(PayloadPath Key, GeoPoint TopLeft, GeoPoint BottomRight) : Condition;
