using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Json.Points;

/// <summary>How a search goes about it.</summary>
/// <param name="HnswEf">Breadth of the graph walk; null takes the default.</param>
/// <param name="Exact">Scan instead of walking the graph.</param>
/// <param name="IndexedOnly">Leave out what no graph holds yet.</param>
/// <param name="Quantization">How codes are used; null takes the index's own way.</param>
/// <param name="NProbe">How many inverted lists are scanned; null takes the default.</param>
/// <param name="Explain">Whether the answer says how it was found.</param>
internal readonly record struct SearchParameters(
    int? HnswEf, bool Exact, bool IndexedOnly, QuantizationSearch? Quantization, int? NProbe, bool Explain);
