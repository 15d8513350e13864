using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace OrleansVectors.Partitions.Binary;

/// <summary>Writes numbers and bytes into a growing buffer, little-endian; lengths as LEB128.</summary>
internal sealed class ByteWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    public int Length => _buffer.WrittenCount;

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.GetSpan(2), value);
        _buffer.Advance(2);
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    public void Count(int value)
    {
        uint rest = checked((uint)value);
        while (rest >= 0x80)
        {
            Byte((byte)(rest | 0x80));
            rest >>= 7;
        }

        Byte((byte)rest);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Count(value.Length);
        Raw(value);
    }

    public void Raw(ReadOnlySpan<byte> value) => _buffer.Write(value);

    public void Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    /// <summary>Room for floats, written raw; the caller fills it at once.</summary>
    public Span<float> Floats(int count)
    {
        Span<byte> room = _buffer.GetSpan(count * sizeof(float))[..(count * sizeof(float))];
        _buffer.Advance(room.Length);
        return MemoryMarshal.Cast<byte, float>(room);
    }

    public void Id(PointId id)
    {
        if (id.IsUuid)
        {
            Byte(1);
            UInt64((ulong)id.Bits);
            UInt64((ulong)(id.Bits >> 64));
        }
        else
        {
            Byte(0);
            UInt64(id.Number);
        }
    }
}
