using System.Text;
using System.Text.Json;
using OrleansVectors.Cli.Csv;

namespace OrleansVectors.Cli.Export;

/// <summary>A csv file: <c>id</c>, <c>vector</c> as a JSON array, then one column per payload key; a missing key is an empty cell.</summary>
internal sealed class CsvSink : IPointSink
{
    private readonly StreamWriter _writer;
    private readonly string _vectorName;
    private readonly IReadOnlyList<string> _keys;

    public CsvSink(Stream content, string vectorName, IReadOnlyList<string> keys)
    {
        _writer = new StreamWriter(content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\r\n" };
        _vectorName = vectorName;
        _keys = keys;
        _writer.WriteLine(string.Join(',', keys.Select(CsvText.Field).Prepend("vector").Prepend("id")));
    }

    public void Write(JsonElement point)
    {
        JsonElement id = point.GetProperty("id");
        _writer.Write(id.ValueKind == JsonValueKind.String ? id.GetString() : id.GetRawText());
        _writer.Write(',');
        _writer.Write(CsvText.Field(PointVector.Find(point, _vectorName).GetRawText()));
        bool hasPayload = point.TryGetProperty("payload", out JsonElement payload) && payload.ValueKind == JsonValueKind.Object;
        foreach (string key in _keys)
        {
            _writer.Write(',');
            if (hasPayload && payload.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
            {
                _writer.Write(CsvText.Field(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()));
            }
        }

        _writer.WriteLine();
    }

    public void Complete() => _writer.Flush();

    public void Dispose() => _writer.Dispose();
}
