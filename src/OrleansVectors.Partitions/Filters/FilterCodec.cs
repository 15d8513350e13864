using System.Buffers;
using OrleansVectors.Partitions.Filters.Codec;

namespace OrleansVectors.Partitions.Filters;

/// <summary>The binary form of a filter, as operations in the log carry it; the layout is on <c>FilterFormat</c>.</summary>
public static class FilterCodec
{
    /// <summary>Encodes a filter.</summary>
    public static byte[] Encode(Filter filter)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Encode(filter, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Appends the encoded filter.</summary>
    public static void Encode(Filter filter, IBufferWriter<byte> target) => new FilterWriter(target).WriteDocument(filter);

    /// <summary>Decodes a filter that fills <paramref name="encoded"/>.</summary>
    /// <exception cref="FilterFormatException">The bytes are no encoding, or exceed a limit.</exception>
    public static Filter Decode(ReadOnlySpan<byte> encoded) => new FilterReader(encoded).ReadDocument();
}
