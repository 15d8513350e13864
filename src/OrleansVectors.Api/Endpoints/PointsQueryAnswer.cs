using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Endpoints;

/// <summary>A query's points, best first, with what is needed to write them.</summary>
/// <param name="Hits">The points.</param>
/// <param name="Projection">What they carry.</param>
/// <param name="Schema">The collection's schema.</param>
/// <param name="Explanations">How each partition found them; null when nobody asked.</param>
internal sealed record PointsQueryAnswer(
    IReadOnlyList<PointsQueryHit> Hits,
    PointProjection Projection,
    CollectionSchema Schema,
    IReadOnlyList<SearchExplanation>? Explanations);
