namespace OrleansVectors.Api.Json.Points;

/// <summary>How a search goes about it.</summary>
/// <param name="HnswEf">Breadth of the graph walk; null takes the default.</param>
/// <param name="Exact">Scan instead of walking the graph.</param>
/// <param name="IndexedOnly">Leave out what no graph holds yet.</param>
internal readonly record struct SearchParameters(int? HnswEf, bool Exact, bool IndexedOnly);
