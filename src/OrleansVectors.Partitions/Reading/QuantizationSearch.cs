namespace OrleansVectors.Partitions.Reading;

/// <summary>How one search uses codes, where the searched vector has any.</summary>
/// <param name="Ignore">True looks at the stored vectors alone.</param>
/// <param name="Rescore">Whether what codes found is ordered anew by the stored vectors; null lets the index decide.</param>
/// <param name="Oversampling">Candidates that are rescored, as a multiple of the points wanted; at least 1, null lets the index decide.</param>
public sealed record QuantizationSearch(bool Ignore = false, bool? Rescore = null, float? Oversampling = null);
