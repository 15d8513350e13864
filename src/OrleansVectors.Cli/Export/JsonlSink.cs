using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrleansVectors.Cli.Export;

/// <summary>One object per line with id, vector and payload; numbers are written as they were received.</summary>
internal sealed class JsonlSink : IPointSink
{
    private readonly Stream _content;

    // A writer on the stream itself would flush it after every point, and a compressor makes a block of every flush.
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Utf8JsonWriter _writer;

    public JsonlSink(Stream content)
    {
        _content = content;

        // The relaxed encoder leaves letters of all languages as they are; this is a data file, never part of a web page.
        _writer = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    public void Write(JsonElement point)
    {
        _line.ResetWrittenCount();
        _writer.Reset();
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
        _content.Write(_line.WrittenSpan);
        _content.WriteByte((byte)'\n');
    }

    public void Complete()
    {
    }

    public void Dispose() => _writer.Dispose();
}
