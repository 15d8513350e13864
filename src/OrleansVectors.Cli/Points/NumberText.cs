using System.Buffers;
using System.Globalization;

namespace OrleansVectors.Cli.Points;

/// <summary>Floats as JSON text: the shortest that reads back as the same float; whole numbers without a point.</summary>
internal static class NumberText
{
    /// <summary>The longest text of a float32 ("-1.1754944E-38" has 14 bytes), with room for a comma.</summary>
    public const int BytesMax = 24;

    /// <summary>Below this every whole float is exact and has at most seven digits.</summary>
    private const float WholeMax = 1e7f;

    /// <summary>Writes <c>[a,b,c]</c>. All components must be finite.</summary>
    public static void WriteArray(IBufferWriter<byte> target, ReadOnlySpan<float> components)
    {
        Span<byte> buffer = target.GetSpan((components.Length * BytesMax) + 2);
        int written = 0;
        buffer[written++] = (byte)'[';
        for (int i = 0; i < components.Length; i++)
        {
            if (i > 0)
            {
                buffer[written++] = (byte)',';
            }

            written += Write(buffer[written..], components[i]);
        }

        buffer[written++] = (byte)']';
        target.Advance(written);
    }

    /// <summary>The first component that JSON cannot express, or -1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> components)
    {
        for (int i = 0; i < components.Length; i++)
        {
            if (!float.IsFinite(components[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static int Write(Span<byte> target, float value)
    {
        // Integer formatting is some ten times faster than the shortest-float search, and byte vectors are all integers.
        // Minus zero is the one whole float that an integer cannot carry.
        if (MathF.Abs(value) < WholeMax && value == (int)value && BitConverter.SingleToInt32Bits(value) != int.MinValue)
        {
            ((int)value).TryFormat(target, out int digits, default, CultureInfo.InvariantCulture);
            return digits;
        }

        value.TryFormat(target, out int written, default, CultureInfo.InvariantCulture);
        return written;
    }
}
