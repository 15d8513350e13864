using System.Text.Json;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>
/// Reads <c>quantization_config</c>: an object with one of <c>scalar</c>, <c>product</c>, <c>binary</c> and <c>turbo</c>,
/// or the word <c>Disabled</c>. <c>target_recall</c> in any of them, and <c>scalar</c>'s types
/// <c>int4</c> and <c>bfloat16</c>, are our own.
/// </summary>
internal static class QuantizationReader
{
    /// <summary>The settings; null when the value is null, so that what was set before stays.</summary>
    public static QuantizationSettings? Read(ref JsonCursor cursor)
    {
        if (cursor.Token is JsonTokenType.Null or JsonTokenType.String)
            return cursor.GetOneOfOrNull("Disabled") is null ? null : new QuantizationSettings(QuantizationMethod.Disabled);

        string path = cursor.Path;
        QuantizationSettings? settings = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.IsNull)
                continue;
            if (settings is not null)
                throw cursor.Error("there can be one of scalar, product, binary and turbo");
            settings = ReadMethod(ref cursor);
        }

        return settings ?? throw JsonCursor.Missing(path, "scalar");
    }

    private static QuantizationSettings ReadMethod(ref JsonCursor cursor)
    {
        if (cursor.NameIs("scalar"u8))
            return ReadScalar(ref cursor);
        if (cursor.NameIs("product"u8))
            return ReadProduct(ref cursor);
        if (cursor.NameIs("binary"u8))
            return ReadBinary(ref cursor);
        if (cursor.NameIs("turbo"u8))
            return ReadTurbo(ref cursor);
        throw cursor.UnknownMember();
    }

    private static QuantizationSettings ReadScalar(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        var settings = new QuantizationSettings(QuantizationMethod.Scalar);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("type"u8))
                settings = settings with { Type = ReadScalarType(ref cursor) };
            else if (cursor.NameIs("quantile"u8))
                settings = settings with { Quantile = cursor.IsNull ? null : (float)cursor.GetDouble(CollectionLimits.QuantileMin, 1) };
            else
                settings = ReadCommon(ref cursor, settings);
        }

        return settings.Type is null ? throw JsonCursor.Missing(path, "type") : settings;
    }

    private static ScalarType ReadScalarType(ref JsonCursor cursor) => cursor.GetOneOf("int8", "int4", "bfloat16") switch
    {
        "int4" => ScalarType.Int4,
        "bfloat16" => ScalarType.BFloat16,
        _ => ScalarType.Int8,
    };

    private static QuantizationSettings ReadProduct(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        var settings = new QuantizationSettings(QuantizationMethod.Product);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("compression"u8))
            {
                string word = cursor.GetOneOf("x4", "x8", "x16", "x32", "x64");
                settings = settings with { Compression = int.Parse(word.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) };
            }
            else if (cursor.NameIs("rotation"u8))
            {
                settings = settings with { Rotation = cursor.GetBooleanOrNull() };
            }
            else
            {
                settings = ReadCommon(ref cursor, settings);
            }
        }

        return settings.Compression is null ? throw JsonCursor.Missing(path, "compression") : settings;
    }

    private static QuantizationSettings ReadBinary(ref JsonCursor cursor)
    {
        var settings = new QuantizationSettings(QuantizationMethod.Binary);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("encoding"u8))
                settings = settings with { Encoding = ReadEncoding(ref cursor) };
            else if (cursor.NameIs("query_encoding"u8))
                settings = settings with { QueryEncoding = ReadQueryEncoding(ref cursor) };
            else
                settings = ReadCommon(ref cursor, settings);
        }

        return settings;
    }

    private static QuantizationSettings ReadTurbo(ref JsonCursor cursor)
    {
        var settings = new QuantizationSettings(QuantizationMethod.Turbo);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("bits"u8))
                settings = settings with { Bits = ReadBits(ref cursor) };
            else
                settings = ReadCommon(ref cursor, settings);
        }

        return settings;
    }

    private static QuantizationSettings ReadCommon(ref JsonCursor cursor, QuantizationSettings settings)
    {
        if (cursor.NameIs("always_ram"u8))
            return settings with { AlwaysRam = cursor.GetBooleanOrNull() };
        if (cursor.NameIs("memory"u8))
            return settings with { Memory = MemoryPlacementJson.ReadPlacement(ref cursor) };
        if (cursor.NameIs("target_recall"u8))
            return settings with { TargetRecall = cursor.IsNull ? null : (float)cursor.GetDouble(CollectionLimits.TargetRecallMin, 1) };
        throw cursor.UnknownMember();
    }

    private static BinaryEncoding? ReadEncoding(ref JsonCursor cursor)
        => cursor.GetOneOfOrNull("one_bit", "two_bits", "one_and_half_bits") switch
        {
            null => null,
            "one_bit" => BinaryEncoding.OneBit,
            "two_bits" => BinaryEncoding.TwoBits,
            _ => BinaryEncoding.OneAndHalfBits,
        };

    private static BinaryQueryEncoding? ReadQueryEncoding(ref JsonCursor cursor)
        => cursor.GetOneOfOrNull("default", "binary", "scalar4bits", "scalar8bits") switch
        {
            null => null,
            "default" => BinaryQueryEncoding.Default,
            "binary" => BinaryQueryEncoding.Binary,
            "scalar4bits" => BinaryQueryEncoding.Scalar4Bits,
            _ => BinaryQueryEncoding.Scalar8Bits,
        };

    /// <summary>Existing clients send words; a plain number says the same.</summary>
    private static TurboBits? ReadBits(ref JsonCursor cursor)
    {
        if (cursor.Token == JsonTokenType.Number)
        {
            return cursor.GetDouble() switch
            {
                1 => TurboBits.One,
                1.5 => TurboBits.OneAndHalf,
                2 => TurboBits.Two,
                4 => TurboBits.Four,
                double other => throw cursor.Invalid(other, "must be 1, 1.5, 2 or 4"),
            };
        }

        return cursor.GetOneOfOrNull("bits1", "bits1_5", "bits2", "bits4") switch
        {
            null => null,
            "bits1" => TurboBits.One,
            "bits1_5" => TurboBits.OneAndHalf,
            "bits2" => TurboBits.Two,
            _ => TurboBits.Four,
        };
    }
}
