using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Collections.Schemas;

/// <summary>A declared payload index.</summary>
/// <param name="Type">What values it holds.</param>
/// <param name="ParametersJson">The parameters as the caller gave them, a JSON object, repeated in answers; null when only a type was given.</param>
public sealed record PayloadIndexSettings(PayloadIndexType Type, string? ParametersJson = null);
