using System.Text.Json;
using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Writes <c>quantization_config</c> as it was given.</summary>
internal static class QuantizationWriter
{
    /// <summary>The value; null when there is none.</summary>
    public static void Write(Utf8JsonWriter writer, QuantizationSettings? settings)
    {
        // Existing clients read an object or null.
        if (settings is null or { Method: QuantizationMethod.Disabled })
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        switch (settings.Method)
        {
            case QuantizationMethod.Scalar:
                writer.WriteStartObject("scalar"u8);
                writer.WriteString("type"u8, settings.Type switch
                {
                    ScalarType.Int4 => "int4",
                    ScalarType.BFloat16 => "bfloat16",
                    _ => "int8",
                });
                if (settings.Quantile is float quantile)
                    writer.WriteNumber("quantile"u8, quantile);
                break;
            case QuantizationMethod.Product:
                writer.WriteStartObject("product"u8);
                writer.WriteString("compression"u8, $"x{settings.Compression}");
                if (settings.Rotation is bool rotation)
                    writer.WriteBoolean("rotation"u8, rotation);
                break;
            case QuantizationMethod.Binary:
                writer.WriteStartObject("binary"u8);
                WriteBinary(writer, settings);
                break;
            default:
                writer.WriteStartObject("turbo"u8);
                WriteTurbo(writer, settings);
                break;
        }

        if (settings.TargetRecall is float target)
            writer.WriteNumber("target_recall"u8, target);
        if (settings.AlwaysRam is bool alwaysRam)
            writer.WriteBoolean("always_ram"u8, alwaysRam);
        if (settings.Memory is { } memory)
            writer.WriteString("memory"u8, MemoryPlacementJson.NameOf(memory));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteBinary(Utf8JsonWriter writer, QuantizationSettings settings)
    {
        if (settings.Encoding is { } encoding)
        {
            writer.WriteString("encoding"u8, encoding switch
            {
                BinaryEncoding.OneBit => "one_bit",
                BinaryEncoding.TwoBits => "two_bits",
                _ => "one_and_half_bits",
            });
        }

        if (settings.QueryEncoding is { } query)
        {
            writer.WriteString("query_encoding"u8, query switch
            {
                BinaryQueryEncoding.Default => "default",
                BinaryQueryEncoding.Binary => "binary",
                BinaryQueryEncoding.Scalar4Bits => "scalar4bits",
                _ => "scalar8bits",
            });
        }
    }

    private static void WriteTurbo(Utf8JsonWriter writer, QuantizationSettings settings)
    {
        if (settings.Bits is { } bits)
        {
            writer.WriteString("bits"u8, bits switch
            {
                TurboBits.One => "bits1",
                TurboBits.OneAndHalf => "bits1_5",
                TurboBits.Two => "bits2",
                _ => "bits4",
            });
        }
    }
}
