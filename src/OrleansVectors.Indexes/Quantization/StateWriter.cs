using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Writes the parameters of a quantizer, little-endian, behind a header of <see cref="HeaderBytes"/>.</summary>
/// <remarks>The header: magic "OVQZ", version, kind, metric, 0, dimension (int32).</remarks>
internal sealed class StateWriter
{
    public const int HeaderBytes = 12;
    public const uint Magic = 0x5A51_564F;
    public const byte Version = 1;

    private readonly List<byte> bytes = [];

    public StateWriter(QuantizerKind kind, DistanceMetric metric, int dim)
    {
        Int32(unchecked((int)Magic));
        bytes.AddRange([Version, (byte)kind, (byte)metric, 0]);
        Int32(dim);
    }

    public void Int32(int value)
    {
        Span<byte> four = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(four, value);
        bytes.AddRange(four);
    }

    public void Float(float value) => Int32(BitConverter.SingleToInt32Bits(value));

    public void Floats(ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            bytes.AddRange(MemoryMarshal.AsBytes(values));
            return;
        }

        foreach (var value in values)
        {
            Float(value);
        }
    }

    public void UInt64(ulong value)
    {
        Int32((int)(uint)value);
        Int32((int)(uint)(value >> 32));
    }

    public byte[] ToBytes() => [.. bytes];
}
