using System.Buffers;
using System.Text;
using System.Text.Json;

namespace OrleansVectors.Partitions.Payloads;

/// <summary>
/// A payload: a JSON object in its binary form (see <c>PayloadFormat</c>). Immutable. Numbers keep their kind (1 stays
/// 1, 1.0 stays 1.0), properties keep their order, and of equal keys the last one counts.
/// </summary>
public sealed class PayloadDocument
{
    private readonly ReadOnlyMemory<byte> _encoded;

    private PayloadDocument(ReadOnlyMemory<byte> encoded)
    {
        _encoded = encoded;
    }

    /// <summary>The payload without properties.</summary>
    public static PayloadDocument Empty { get; }
        = new(new byte[] { PayloadFormat.Version, (byte)PayloadKind.Object, 0, 0, 0, 0 });

    /// <summary>The binary form.</summary>
    public ReadOnlySpan<byte> Encoded => _encoded.Span;

    /// <summary>The binary form as memory; its content never changes.</summary>
    public ReadOnlyMemory<byte> EncodedMemory => _encoded;

    /// <summary>The top object.</summary>
    public PayloadView View => PayloadView.OfDocument(_encoded.Span);

    /// <summary>True when there is no property.</summary>
    public bool IsEmpty => View.IsEmptyContainer;

    /// <summary>Reads JSON text that is one object.</summary>
    /// <exception cref="PayloadException">Malformed JSON, not an object, invalid Unicode, or a limit exceeded.</exception>
    public static PayloadDocument Parse(ReadOnlySpan<byte> utf8Json)
    {
        // One level more than allowed, so that our own check names the limit.
        var reader = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = PayloadLimits.DepthMax + 1 });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new PayloadException("", "expected a JSON object");
            }

            PayloadDocument document = Read(ref reader);
            return reader.Read() ? throw new PayloadException("", "text follows the JSON object") : document;
        }
        catch (JsonException error)
        {
            throw new PayloadException("", $"malformed JSON, {error.Message}", error);
        }
    }

    /// <summary>
    /// Reads the object that <paramref name="reader"/> stands on (StartObject) and leaves the reader on its EndObject.
    /// The reader's text must contain the whole object.
    /// </summary>
    /// <exception cref="PayloadException">Not an object, invalid Unicode, or a limit exceeded.</exception>
    /// <exception cref="JsonException">Malformed JSON, from the reader.</exception>
    public static PayloadDocument Read(ref Utf8JsonReader reader)
    {
        PayloadWriter writer = PayloadWriter.Create();
        try
        {
            PayloadJsonReader.Read(ref reader, ref writer);
            return writer.ToDocument();
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>Takes bytes from outside (a log, a file, a message) after checking every one of them.</summary>
    /// <exception cref="PayloadException">The bytes are not a well-formed encoding, or a limit is exceeded.</exception>
    public static PayloadDocument FromEncoded(ReadOnlyMemory<byte> encoded)
    {
        PayloadValidation.Check(encoded.Span);
        return new PayloadDocument(encoded);
    }

    /// <summary>Takes bytes that came from <see cref="Encoded"/> in this process, unchecked but for the size.</summary>
    public static PayloadDocument FromTrusted(ReadOnlyMemory<byte> encoded)
        => encoded.Length <= PayloadLimits.BytesMax
            ? new PayloadDocument(encoded)
            : throw new PayloadException("", nameof(PayloadLimits.BytesMax), PayloadLimits.BytesMax, encoded.Length);

    /// <summary>Writes the object as JSON.</summary>
    public void WriteJson(Utf8JsonWriter writer) => PayloadJsonWriter.Write(View, writer);

    /// <summary>The JSON text.</summary>
    public override string ToString()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteJson(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
