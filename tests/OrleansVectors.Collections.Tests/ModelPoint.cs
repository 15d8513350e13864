using System.Text.Json.Nodes;

namespace OrleansVectors.Collections.Tests;

/// <summary>A point as the model keeps it.</summary>
internal sealed record ModelPoint(Dictionary<string, float[]> Vectors, JsonObject Payload);
