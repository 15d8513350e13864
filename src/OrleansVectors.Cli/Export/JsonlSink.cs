using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrleansVectors.Cli.Export;

/// <summary>One object per line with id, vector and payload; numbers are written as they were received.</summary>
internal sealed class JsonlSink(Stream content) : IPointSink
{
    // The relaxed encoder leaves letters of all languages as they are; this is a data file, never part of a web page.
    private readonly Utf8JsonWriter _writer = new(content, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public void Write(JsonElement point)
    {
        _writer.WriteStartObject();
        foreach (string key in (ReadOnlySpan<string>)["id", "vector", "payload"])
        {
            if (point.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
            {
                _writer.WritePropertyName(key);
                value.WriteTo(_writer);
            }
        }

        _writer.WriteEndObject();
        _writer.Flush();
        _writer.Reset();
        content.WriteByte((byte)'\n');
    }

    public void Complete()
    {
    }

    public void Dispose() => _writer.Dispose();
}
