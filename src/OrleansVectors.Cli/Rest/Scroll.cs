using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace OrleansVectors.Cli.Rest;

/// <summary>Walks over a collection in the order of ids, page by page.</summary>
/// <remarks>Points written behind the walk while it goes on are not seen; those ahead of it are.</remarks>
internal static class Scroll
{
    /// <summary>Points per request; at 4,096 floats each still some 25 MB of answer.</summary>
    private const int PageRows = 500;

    /// <summary>Every page as a document that lives until the next one is asked for.</summary>
    /// <param name="client">The server.</param>
    /// <param name="collection">The collection.</param>
    /// <param name="withPayload">False when vectors alone are wanted.</param>
    /// <param name="withVectors">False when payloads alone are wanted.</param>
    /// <param name="vectorName">The one named vector wanted; null for all.</param>
    /// <param name="cancellation">Stops between and within pages.</param>
    public static async IAsyncEnumerable<JsonElement> PagesAsync(
        VectorsClient client,
        string collection,
        bool withPayload,
        bool withVectors,
        string? vectorName,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        string path = VectorsClient.PathOf(collection) + "/points/scroll";
        JsonElement? offset = null;
        do
        {
            byte[] body = Body(withPayload, withVectors, vectorName, offset);
            using JsonDocument answer = await client.SendAsync(HttpMethod.Post, path, body, cancellation);
            JsonElement result = answer.RootElement.GetProperty("result");
            yield return result.GetProperty("points");
            offset = result.TryGetProperty("next_page_offset", out JsonElement next) && next.ValueKind != JsonValueKind.Null ? next.Clone() : null;
        }
        while (offset is not null);
    }

    private static byte[] Body(bool withPayload, bool withVectors, string? vectorName, JsonElement? offset)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("limit", PageRows);
            writer.WriteBoolean("with_payload", withPayload);
            if (withVectors && vectorName is not null)
            {
                writer.WriteStartArray("with_vector");
                writer.WriteStringValue(vectorName);
                writer.WriteEndArray();
            }
            else
            {
                writer.WriteBoolean("with_vector", withVectors);
            }

            if (offset is JsonElement from)
            {
                writer.WritePropertyName("offset");
                from.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
