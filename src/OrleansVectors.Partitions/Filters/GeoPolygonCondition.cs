using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters;

/// <summary>A place at <paramref name="Key"/>, or an element of an array there, lies inside the polygon, not on an edge.</summary>
public sealed record GeoPolygonCondition(PayloadPath Key, GeoPolygon Polygon) : Condition;
