using System.Buffers;
using OrleansVectors.Partitions.Filters.Codec;

namespace OrleansVectors.Partitions.Filters;

/// <summary>The binary form of a filter, as operations in the log carry it; the layout is on <c>FilterFormat</c>.</summary>
public static class FilterCodec
{
    /// <summary>
    /// Encodes a filter, and decodes the result once: what reaches the log must be readable from it.
    /// </summary>
    /// <exception cref="FilterFormatException">The filter exceeds a limit or holds a value no filter may hold.</exception>
    public static byte[] Encode(Filter filter)
    {
        var buffer = new ArrayBufferWriter<byte>();
        new FilterWriter(buffer).WriteDocument(filter);
        byte[] encoded = buffer.WrittenSpan.ToArray();
        Decode(encoded);
        return encoded;
    }

    /// <summary>Appends the encoded filter.</summary>
    /// <exception cref="FilterFormatException">As the other overload.</exception>
    public static void Encode(Filter filter, IBufferWriter<byte> target) => target.Write(Encode(filter));

    /// <summary>Decodes a filter that fills <paramref name="encoded"/>.</summary>
    /// <exception cref="FilterFormatException">The bytes are no encoding, or exceed a limit.</exception>
    public static Filter Decode(ReadOnlySpan<byte> encoded) => new FilterReader(encoded).ReadDocument();
}
