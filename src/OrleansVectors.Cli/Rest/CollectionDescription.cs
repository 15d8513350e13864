using System.Text.Json;

namespace OrleansVectors.Cli.Rest;

/// <summary>What the server says about one collection.</summary>
internal sealed record CollectionDescription(
    string Name,
    string Status,
    long? Points,
    long? IndexedVectors,
    long? Segments,
    IReadOnlyList<VectorDescription> Vectors,
    JsonElement Raw)
{
    /// <summary>Reads the <c>result</c> of <c>GET /collections/{c}</c>; parts this tool does not know are left alone.</summary>
    public static CollectionDescription Parse(string name, JsonElement result)
    {
        List<VectorDescription> vectors = [];
        if (result.TryGetProperty("config", out JsonElement config) && config.TryGetProperty("params", out JsonElement parameters))
        {
            if (parameters.TryGetProperty("vectors", out JsonElement dense) && dense.ValueKind == JsonValueKind.Object)
            {
                if (dense.TryGetProperty("size", out JsonElement size) && size.ValueKind == JsonValueKind.Number)
                {
                    vectors.Add(Dense("", dense));
                }
                else
                {
                    vectors.AddRange(dense.EnumerateObject().Select(entry => Dense(entry.Name, entry.Value)));
                }
            }

            if (parameters.TryGetProperty("sparse_vectors", out JsonElement sparse) && sparse.ValueKind == JsonValueKind.Object)
            {
                vectors.AddRange(sparse.EnumerateObject().Select(entry => new VectorDescription(entry.Name, Dim: null, Distance: null, IsMulti: false)));
            }
        }

        string status = result.TryGetProperty("status", out JsonElement text) ? text.GetString() ?? "" : "";
        return new CollectionDescription(
            name,
            status,
            Number(result, "points_count"),
            Number(result, "indexed_vectors_count"),
            Number(result, "segments_count"),
            vectors,
            result.Clone());
    }

    private static VectorDescription Dense(string name, JsonElement parameters)
        => new(
            name,
            parameters.TryGetProperty("size", out JsonElement size) ? size.GetInt32() : null,
            parameters.TryGetProperty("distance", out JsonElement distance) ? distance.GetString() : null,
            parameters.TryGetProperty("multivector_config", out JsonElement multi) && multi.ValueKind == JsonValueKind.Object);

    private static long? Number(JsonElement result, string key)
        => result.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}
