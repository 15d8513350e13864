using System.Text.Json.Serialization;

namespace OrleansVectors.Collections.Control;

/// <summary>The JSON of control documents, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(StoredCollection))]
[JsonSerializable(typeof(StoredAliases))]
[JsonSerializable(typeof(StoredDatabase))]
internal sealed partial class ControlJson : JsonSerializerContext;
