using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Codec;

/// <summary>Takes the primitive values of <see cref="FilterFormat"/> one after another; what is not there is an error.</summary>
internal ref struct FilterBytes(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    public readonly bool IsEnd => _position == _bytes.Length;

    public readonly FilterFormatException Error(string reason) => new(_position, reason);

    public byte ReadByte() => Take(1)[0];

    public bool ReadBoolean()
    {
        byte value = ReadByte();
        return value <= 1 ? value == 1 : throw Error($"{value} is no truth value");
    }

    public double ReadDouble()
    {
        double value = BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));
        return double.IsFinite(value) ? value : throw Error("a number is not finite");
    }

    public UInt128 ReadUInt128() => BinaryPrimitives.ReadUInt128BigEndian(Take(16));

    public long ReadInteger() => PayloadFormat.UnZigZag(ReadVarint());

    public int ReadInt32()
    {
        ulong value = ReadVarint();
        return value <= int.MaxValue ? (int)value : throw Error($"{value} is too large");
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte group = ReadByte();
            if (shift == 63 && group > 1)
            {
                break;
            }

            value |= (ulong)(group & 0x7F) << shift;
            if (group < 0x80)
            {
                return value;
            }
        }

        throw Error("a number exceeds 64 bits");
    }

    /// <summary>A number of items. Each takes a byte at least, so that no damaged count makes a huge array.</summary>
    public int ReadCount(int max, string limit)
    {
        ulong count = ReadVarint();
        if (count > (ulong)max)
        {
            throw Error($"value {count} of {limit} invalid, must be at most {max}");
        }

        return count <= (ulong)(_bytes.Length - _position) ? (int)count : throw Error("items are missing");
    }

    public string ReadString()
    {
        ReadOnlySpan<byte> utf8 = Take(ReadCount(FilterLimits.TextBytesMax, nameof(FilterLimits.TextBytesMax)));
        return Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : throw Error("a text is not UTF-8");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _position)
        {
            throw Error("bytes are missing");
        }

        _position += count;
        return _bytes.Slice(_position - count, count);
    }
}
