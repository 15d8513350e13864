using System.Buffers.Text;
using System.Text.Json;

namespace OrleansVectors.Partitions.Payloads;

/// <summary>Writes a value as JSON. Recursion is bounded by <see cref="PayloadLimits.DepthMax"/>.</summary>
internal static class PayloadJsonWriter
{
    private const int NumberBytesMax = 40;

    public static void Write(PayloadView value, Utf8JsonWriter writer)
    {
        switch (value.Kind)
        {
            case PayloadKind.False:
                writer.WriteBooleanValue(false);
                break;
            case PayloadKind.True:
                writer.WriteBooleanValue(true);
                break;
            case PayloadKind.Int64:
                value.TryGetInt64(out long signed);
                writer.WriteNumberValue(signed);
                break;
            case PayloadKind.UInt64:
                value.TryGetUInt64(out ulong unsigned);
                writer.WriteNumberValue(unsigned);
                break;
            case PayloadKind.Double:
                value.TryGetDouble(out double number);
                WriteDouble(number, writer);
                break;
            case PayloadKind.String:
                value.TryGetString(out ReadOnlySpan<byte> text);
                writer.WriteStringValue(text);
                break;
            case PayloadKind.Array:
                writer.WriteStartArray();
                foreach (PayloadView element in value.EnumerateArray())
                {
                    Write(element, writer);
                }

                writer.WriteEndArray();
                break;
            case PayloadKind.Object:
                writer.WriteStartObject();
                foreach (PayloadProperty property in value.EnumerateObject())
                {
                    writer.WritePropertyName(property.Key);
                    Write(property.Value, writer);
                }

                writer.WriteEndObject();
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    /// <summary>The shortest text that reads back as the same double, and reads back as a double at all: 1 is 1.0.</summary>
    private static void WriteDouble(double number, Utf8JsonWriter writer)
    {
        Span<byte> text = stackalloc byte[NumberBytesMax];
        Utf8Formatter.TryFormat(number, text, out int length);
        if (text[..length].IndexOfAny((byte)'.', (byte)'E') < 0)
        {
            text[length++] = (byte)'.';
            text[length++] = (byte)'0';
        }

        writer.WriteRawValue(text[..length], skipInputValidation: true);
    }
}
