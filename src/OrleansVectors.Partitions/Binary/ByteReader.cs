using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using OrleansVectors.Partitions.Errors;

namespace OrleansVectors.Partitions.Binary;

/// <summary>Reads what <see cref="ByteWriter"/> wrote; anything else is an <see cref="OperationFormatException"/>.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte Byte() => Raw(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Raw(2));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Raw(8));

    public int Count()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte part = Byte();
            value |= (uint)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value <= int.MaxValue ? (int)value : throw new OperationFormatException($"a length of {value}");
            }
        }

        throw new OperationFormatException("a length that does not end");
    }

    public ReadOnlySpan<byte> Bytes() => Raw(Count());

    public ReadOnlySpan<byte> Raw(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw new OperationFormatException($"{count} bytes expected, {_rest.Length} left");
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public ReadOnlySpan<float> Floats(int count)
        => count <= _rest.Length / sizeof(float)
            ? MemoryMarshal.Cast<byte, float>(Raw(count * sizeof(float)))
            : throw new OperationFormatException($"{count} floats expected, {_rest.Length} bytes left");

    public PointId Id()
    {
        switch (Byte())
        {
            case 0:
                return PointId.FromNumber(UInt64());
            case 1:
                ulong low = UInt64();
                return PointId.FromBits(new UInt128(UInt64(), low), isUuid: true);
            case var kind:
                throw new OperationFormatException($"an id of kind {kind}");
        }
    }
}
