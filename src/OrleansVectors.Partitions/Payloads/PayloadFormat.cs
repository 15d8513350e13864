using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace OrleansVectors.Partitions.Payloads;

/// <summary>
/// The binary form of a payload, version 1.
/// <code>
/// document := version:u8 (= 1) value                       the value is an object
/// value    := tag:u8 body                                  tags are the numbers of PayloadKind
///   null, false, true : no body
///   int64             : varint of the zigzag number
///   uint64            : varint
///   double            : 8 bytes, little-endian, finite
///   string            : varint byte length, UTF-8
///   array             : u32 little-endian body length, then the values one after another
///   object            : u32 little-endian body length, then per property: varint key length, UTF-8 key, value
/// varint   := LEB128, least significant group first, at most 10 bytes
/// </code>
/// Containers carry their length in bytes so that a reader steps over one without looking inside. The length is fixed
/// in width so that a writer can fill it in when the container closes.
/// </summary>
internal static class PayloadFormat
{
    public const byte Version = 1;

    /// <summary>Bytes before a document's value.</summary>
    public const int DocumentHeaderBytes = 1;

    /// <summary>Tag and body length of an array or object.</summary>
    public const int ContainerHeaderBytes = 1 + sizeof(uint);

    public const int VarintBytesMax = 10;

    /// <summary>Reads a varint at <paramref name="position"/> and moves past it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int position)
    {
        if ((uint)position < (uint)bytes.Length && bytes[position] < 0x80)
        {
            return bytes[position++];
        }

        return ReadLongVarint(bytes, ref position);
    }

    /// <summary>Reads a varint byte length that must lie within what is left, and moves past it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadLength(ReadOnlySpan<byte> bytes, ref int position)
    {
        ulong length = ReadVarint(bytes, ref position);
        if (length > (ulong)(bytes.Length - position))
        {
            throw Damaged("a length points past the end");
        }

        return (int)length;
    }

    /// <summary>Length in bytes of the value that starts at <paramref name="position"/>, tag included.</summary>
    public static int ValueBytes(ReadOnlySpan<byte> bytes, int position)
    {
        if ((uint)position >= (uint)bytes.Length)
        {
            throw Damaged("a value is missing");
        }

        int end = position + 1;
        switch ((PayloadKind)bytes[position])
        {
            case PayloadKind.Null:
            case PayloadKind.False:
            case PayloadKind.True:
                return 1;
            case PayloadKind.Int64:
            case PayloadKind.UInt64:
                ReadVarint(bytes, ref end);
                return end - position;
            case PayloadKind.Double:
                end += sizeof(double);
                break;
            case PayloadKind.String:
                int length = ReadLength(bytes, ref end);
                end += length;
                break;
            case PayloadKind.Array:
            case PayloadKind.Object:
                if (bytes.Length - end < sizeof(uint))
                {
                    throw Damaged("a container's length is missing");
                }

                uint body = BinaryPrimitives.ReadUInt32LittleEndian(bytes[end..]);
                if (body > (uint)(bytes.Length - end - sizeof(uint)))
                {
                    throw Damaged("a container reaches past the end");
                }

                end += sizeof(uint) + (int)body;
                break;
            default:
                throw Damaged($"tag {bytes[position]} is unknown");
        }

        return end <= bytes.Length ? end - position : throw Damaged("a value reaches past the end");
    }

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>The error for bytes that no writer of ours produces.</summary>
    public static PayloadException Damaged(string reason) => new("", $"encoded form is damaged, {reason}");

    private static ulong ReadLongVarint(ReadOnlySpan<byte> bytes, ref int position)
    {
        ulong value = 0;
        for (int i = 0; i < VarintBytesMax; i++)
        {
            if ((uint)position >= (uint)bytes.Length)
            {
                throw Damaged("a number is cut off");
            }

            byte group = bytes[position++];
            if (i == VarintBytesMax - 1 && group > 1)
            {
                throw Damaged("a number exceeds 64 bits");
            }

            value |= (ulong)(group & 0x7F) << (7 * i);
            if (group < 0x80)
            {
                return value;
            }
        }

        throw Damaged("a number exceeds 64 bits");
    }
}
