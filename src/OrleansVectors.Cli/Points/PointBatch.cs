using System.Buffers;
using System.Text.Json;

namespace OrleansVectors.Cli.Points;

/// <summary>
/// Points on their way to the server. Vectors from vector files stay floats here and become text in
/// <see cref="WriteTo"/>, which the senders call: the text of the floats is most of an import's work, and so it runs on
/// as many threads as there are senders while one thread reads the file.
/// </summary>
internal sealed class PointBatch(string vectorName, long firstRow)
{
    private readonly record struct Entry(int Start, int IdBytes, int VectorBytes, int PayloadBytes, int FloatStart, int FloatCount);

    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly ArrayBufferWriter<float> _floats = new();
    private readonly List<Entry> _entries = [];

    /// <summary>The first source row of this batch.</summary>
    public long FirstRow { get; } = firstRow;

    /// <summary>The source row after the last one of this batch; rows left out as bad lie in between.</summary>
    public long EndRow { get; set; } = firstRow;

    /// <summary>Rows left out as bad.</summary>
    public int BadRows { get; set; }

    /// <summary>The share of the source consumed when this batch was complete.</summary>
    public double FractionRead { get; set; }

    /// <summary>Points in here.</summary>
    public int Count => _entries.Count;

    /// <summary>About how long the request will be; floats are counted at their usual text length.</summary>
    public long EstimatedBytes => _text.WrittenCount + (_floats.WrittenCount * 11L) + (_entries.Count * 32L);

    /// <summary>Adds a point whose vector is JSON already: an array for the default name, or an object of names.</summary>
    /// <param name="id">The id in JSON.</param>
    /// <param name="vector">The vector in JSON; empty for a point without one.</param>
    /// <param name="payload">The payload in JSON; empty for a point without one.</param>
    public void AddJson(ReadOnlySpan<byte> id, ReadOnlySpan<byte> vector, ReadOnlySpan<byte> payload)
    {
        _entries.Add(new Entry(_text.WrittenCount, id.Length, vector.Length, payload.Length, 0, 0));
        _text.Write(id);
        _text.Write(vector);
        _text.Write(payload);
    }

    /// <summary>Adds a point whose vector is floats, all finite.</summary>
    public void AddFloats(ReadOnlySpan<byte> id, ReadOnlySpan<float> vector, ReadOnlySpan<byte> payload)
    {
        _entries.Add(new Entry(_text.WrittenCount, id.Length, 0, payload.Length, _floats.WrittenCount, vector.Length));
        _text.Write(id);
        _text.Write(payload);
        _floats.Write(vector);
    }

    /// <summary>Writes the body of an upsert: <c>{"points":[{"id":..,"vector":..,"payload":..},..]}</c>.</summary>
    public void WriteTo(IBufferWriter<byte> target)
    {
        byte[] namePrefix = vectorName.Length == 0 ? [] : [(byte)'{', .. JsonSerializedName(), (byte)':'];
        ReadOnlySpan<byte> text = _text.WrittenSpan;
        target.Write("{\"points\":["u8);
        for (int i = 0; i < _entries.Count; i++)
        {
            Entry entry = _entries[i];
            ReadOnlySpan<byte> rest = text[entry.Start..];
            target.Write(i == 0 ? "{\"id\":"u8 : ",{\"id\":"u8);
            target.Write(rest[..entry.IdBytes]);
            target.Write(",\"vector\":"u8);
            ReadOnlySpan<byte> vector = rest.Slice(entry.IdBytes, entry.VectorBytes);
            if (entry.FloatCount > 0)
            {
                target.Write(namePrefix);
                NumberText.WriteArray(target, _floats.WrittenSpan.Slice(entry.FloatStart, entry.FloatCount));
                target.Write(namePrefix.Length == 0 ? [] : "}"u8);
            }
            else if (vector.Length > 0 && vector[0] == (byte)'[')
            {
                target.Write(namePrefix);
                target.Write(vector);
                target.Write(namePrefix.Length == 0 ? [] : "}"u8);
            }
            else
            {
                target.Write(vector.Length == 0 ? "{}"u8 : vector);
            }

            if (entry.PayloadBytes > 0)
            {
                target.Write(",\"payload\":"u8);
                target.Write(rest.Slice(entry.IdBytes + entry.VectorBytes, entry.PayloadBytes));
            }

            target.Write("}"u8);
        }

        target.Write("]}"u8);
    }

    private byte[] JsonSerializedName()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStringValue(vectorName);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
