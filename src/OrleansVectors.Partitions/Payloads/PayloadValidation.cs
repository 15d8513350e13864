using System.Buffers.Binary;
using System.Text.Unicode;

namespace OrleansVectors.Partitions.Payloads;

/// <summary>Checks every byte of an encoding that came from outside this process.</summary>
internal static class PayloadValidation
{
    /// <exception cref="PayloadException">What is wrong.</exception>
    public static void Check(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length > PayloadLimits.BytesMax)
        {
            throw new PayloadException("", nameof(PayloadLimits.BytesMax), PayloadLimits.BytesMax, encoded.Length);
        }

        if (encoded.IsEmpty || encoded[0] != PayloadFormat.Version)
        {
            throw PayloadFormat.Damaged("its version is unknown");
        }

        ReadOnlySpan<byte> value = encoded[PayloadFormat.DocumentHeaderBytes..];
        if (value.IsEmpty || value[0] != (byte)PayloadKind.Object)
        {
            throw PayloadFormat.Damaged("its value is no object");
        }

        if (PayloadFormat.ValueBytes(value, 0) != value.Length)
        {
            throw PayloadFormat.Damaged("bytes follow its value");
        }

        CheckValue(new PayloadView(value), depth: 1);
    }

    /// <summary>Checks the nesting alone.</summary>
    /// <exception cref="PayloadException">Deeper than <see cref="PayloadLimits.DepthMax"/>.</exception>
    public static void CheckDepth(PayloadView value, int depth = 1)
    {
        if (value.Kind is not (PayloadKind.Array or PayloadKind.Object))
        {
            return;
        }

        RequireDepth(depth);
        foreach (PayloadView element in value.EnumerateArray())
        {
            CheckDepth(element, depth + 1);
        }

        foreach (PayloadProperty property in value.EnumerateObject())
        {
            CheckDepth(property.Value, depth + 1);
        }
    }

    /// <exception cref="PayloadException">A container at that depth is one too many.</exception>
    public static void RequireDepth(int depth)
    {
        if (depth > PayloadLimits.DepthMax)
        {
            throw new PayloadException("", nameof(PayloadLimits.DepthMax), PayloadLimits.DepthMax, depth);
        }
    }

    private static void CheckValue(PayloadView value, int depth)
    {
        if (value.Kind is PayloadKind.Array or PayloadKind.Object)
        {
            RequireDepth(depth);
        }

        switch (value.Kind)
        {
            case PayloadKind.UInt64:
                value.TryGetUInt64(out ulong unsigned);
                Require(unsigned > long.MaxValue, "an unsigned number fits the signed range");
                break;
            case PayloadKind.Double:
                Require(double.IsFinite(BinaryPrimitives.ReadDoubleLittleEndian(value.Bytes[1..])), "a number is not finite");
                break;
            case PayloadKind.String:
                value.TryGetString(out ReadOnlySpan<byte> text);
                Require(Utf8.IsValid(text), "a string is not UTF-8");
                break;
            case PayloadKind.Array:
                foreach (PayloadView element in value.EnumerateArray())
                {
                    CheckValue(element, depth + 1);
                }

                break;
            case PayloadKind.Object:
                CheckProperties(value, depth);
                break;
        }
    }

    private static void CheckProperties(PayloadView value, int depth)
    {
        foreach (PayloadProperty property in value.EnumerateObject())
        {
            Require(Utf8.IsValid(property.Key), "a key is not UTF-8");
            CheckValue(property.Value, depth + 1);
        }

        Require(PayloadKeys.AreUnique(value.Body), "a key occurs twice");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw PayloadFormat.Damaged(otherwise);
        }
    }
}
