using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Endpoints;

/// <summary>One point of a query's answer.</summary>
internal readonly record struct PointsQueryHit(PointRecord Point, float Score, OrderValue? Order);
