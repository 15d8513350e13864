using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Reading;

/// <summary>Counts points by the values of a payload key.</summary>
/// <param name="Key">The key; a point with several values counts once under each.</param>
/// <param name="Filter">Points must match; null admits all.</param>
/// <param name="Limit">Values wanted.</param>
public sealed record FacetRequest(PayloadPath Key, Filter? Filter, int Limit);
