using System.Text.Json.Serialization;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Generated serialisers of the settings that are stored as JSON and written into answers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OptimizersConfig))]
[JsonSerializable(typeof(WalConfig))]
[JsonSerializable(typeof(string))]
internal sealed partial class SchemaJsonContext : JsonSerializerContext;
