using System.Buffers;
using System.Text.Json;
using OrleansVectors.Cli.Points;

namespace OrleansVectors.Cli.Import;

/// <summary>
/// One line of a jsonl file taken apart, without building a tree: vector and payload are checked and kept as the bytes
/// they came as. A line is an object; <c>id</c>, <c>vector</c> and <c>payload</c> are ours. Without <c>payload</c> all
/// other keys are the payload; with it they are left out.
/// </summary>
internal sealed class JsonlPoint(VectorSchema schema)
{
    private readonly ArrayBufferWriter<byte> _otherKeys = new();
    private readonly ArrayBufferWriter<byte> _payload = new();

    /// <summary>The id in JSON; empty when the line has none.</summary>
    public byte[] Id { get; private set; } = [];

    /// <summary>The text from which the id was derived, or null when it is usable as it came.</summary>
    public string? OriginalId { get; private set; }

    /// <summary>The vector in JSON; empty when the line has none.</summary>
    public byte[] Vector { get; private set; } = [];

    /// <summary>The payload in JSON; empty when there is none.</summary>
    public ReadOnlySpan<byte> Payload => _payload.WrittenSpan;

    /// <summary>Takes a line apart.</summary>
    /// <param name="line">The bytes of one JSON object.</param>
    /// <param name="idField">The payload key for a text id from which a UUID was derived.</param>
    /// <exception cref="FormatException">What is wrong, in words for the person.</exception>
    /// <exception cref="JsonException">The line is not JSON.</exception>
    public void Read(ReadOnlySpan<byte> line, string idField)
    {
        Id = [];
        OriginalId = null;
        Vector = [];
        _otherKeys.ResetWrittenCount();
        _payload.ResetWrittenCount();
        ReadOnlySpan<byte> givenPayload = default;
        bool hasPayload = false;

        Utf8JsonReader reader = new(line);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("the line is not a JSON object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int keyStart = (int)reader.TokenStartIndex;
            bool isId = reader.ValueTextEquals("id"u8);
            bool isVector = reader.ValueTextEquals("vector"u8);
            bool isPayload = reader.ValueTextEquals("payload"u8);
            reader.Read();
            int valueStart = (int)reader.TokenStartIndex;
            if (isId)
            {
                ReadId(ref reader);
            }
            else if (isVector)
            {
                ReadVector(ref reader);
                Vector = reader.TokenType == JsonTokenType.Null ? [] : line[valueStart..(int)reader.BytesConsumed].ToArray();
            }
            else if (isPayload)
            {
                if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null))
                {
                    throw new FormatException("'payload' is not an object");
                }

                hasPayload = true;
                bool isNull = reader.TokenType == JsonTokenType.Null;
                reader.Skip();
                givenPayload = isNull ? default : line[valueStart..(int)reader.BytesConsumed];
            }
            else
            {
                reader.Skip();
                _otherKeys.Write(_otherKeys.WrittenCount == 0 ? [] : ","u8);
                _otherKeys.Write(line[keyStart..(int)reader.BytesConsumed]);
            }
        }

        if (reader.Read())
        {
            throw new FormatException("there is more after the object");
        }

        ReadOnlySpan<byte> members = hasPayload ? Members(givenPayload) : _otherKeys.WrittenSpan;
        WritePayload(members, idField);
    }

    private void ReadId(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number when reader.TryGetUInt64(out ulong number):
                Id = PointIdText.OfNumber(number);
                break;
            case JsonTokenType.String:
                string text = reader.GetString()!;
                Id = PointIdText.OfText(text, out bool derived);
                OriginalId = derived ? text : null;
                break;
            case JsonTokenType.Null:
                break;
            default:
                throw new FormatException("'id' is neither an unsigned 64-bit integer nor a string");
        }
    }

    private void ReadVector(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return;
            case JsonTokenType.StartArray:
                CheckArray(ref reader, schema.DefaultName);
                return;
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    string name = reader.GetString()!;
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.StartArray)
                    {
                        CheckArray(ref reader, name);
                    }
                    else
                    {
                        reader.Skip();
                    }
                }

                return;
            default:
                throw new FormatException("'vector' is neither an array of numbers nor an object of named vectors");
        }
    }

    /// <summary>Counts the components; rows of a multi-vector are left to the server.</summary>
    private void CheckArray(ref Utf8JsonReader reader, string name)
    {
        int dim = 0;
        bool isMulti = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                isMulti = true;
                reader.Skip();
            }
            else if (reader.TokenType != JsonTokenType.Number)
            {
                throw new FormatException($"component {dim} of the vector is not a number");
            }

            dim++;
        }

        if (!isMulti && schema.Refusal(name, dim) is string refusal)
        {
            throw new FormatException(refusal);
        }
    }

    private static ReadOnlySpan<byte> Members(ReadOnlySpan<byte> payload)
        => payload.IsEmpty ? payload : payload[1..^1].Trim(" \t\r\n"u8);

    private void WritePayload(ReadOnlySpan<byte> members, string idField)
    {
        if (OriginalId is null)
        {
            if (!members.IsEmpty)
            {
                _payload.Write("{"u8);
                _payload.Write(members);
                _payload.Write("}"u8);
            }

            return;
        }

        byte[] rest = [(byte)'{', .. members, (byte)'}'];
        using (JsonDocument document = JsonDocument.Parse(rest))
        {
            if (document.RootElement.TryGetProperty(idField, out _))
            {
                throw new FormatException(
                    $"the id '{OriginalId}' is not a UUID and is to be kept in the payload under '{idField}', which is there already; name another with --id-field");
            }
        }

        using (Utf8JsonWriter writer = new(_payload))
        {
            writer.WriteStartObject();
            writer.WriteString(idField, OriginalId);
            writer.WriteEndObject();
        }

        if (!members.IsEmpty)
        {
            byte[] head = _payload.WrittenSpan[..^1].ToArray();
            _payload.ResetWrittenCount();
            _payload.Write(head);
            _payload.Write(","u8);
            _payload.Write(members);
            _payload.Write("}"u8);
        }
    }
}
