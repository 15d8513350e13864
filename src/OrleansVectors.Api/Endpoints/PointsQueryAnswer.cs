using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Endpoints;

/// <summary>A query's points, best first, with what is needed to write them.</summary>
internal sealed record PointsQueryAnswer(IReadOnlyList<PointsQueryHit> Hits, PointProjection Projection, CollectionSchema Schema);
