using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>The caller's own notes on a collection: any JSON object.</summary>
internal static class Metadata
{
    private static readonly JsonSerializerOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Reading = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = ApiLimits.JsonDepthMax,
    };

    /// <summary>Reads the object; null is none.</summary>
    public static string? Read(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return null;
        if (cursor.Token != JsonTokenType.StartObject)
            throw cursor.Unexpected("an object");
        ReadOnlySpan<byte> raw = cursor.GetRaw();
        if (raw.Length > ApiLimits.MetadataBytesMax)
            throw cursor.Invalid($"of {raw.Length} bytes", $"must be at most {ApiLimits.MetadataBytesMax} bytes");
        try
        {
            return Parse(Encoding.UTF8.GetString(raw)).ToJsonString(Writing);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw cursor.Error(exception.Message);
        }
    }

    /// <summary>Lays members over the present ones; a null removes.</summary>
    public static string? Merge(string? present, string change)
    {
        JsonObject merged = Parse(present ?? "{}");
        foreach ((string name, JsonNode? value) in Parse(change))
        {
            if (value is null)
                merged.Remove(name);
            else
                merged[name] = value.DeepClone();
        }

        return merged.Count == 0 ? null : merged.ToJsonString(Writing);
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json, documentOptions: Reading)!.AsObject();
}
