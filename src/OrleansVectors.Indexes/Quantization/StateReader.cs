using System.Buffers.Binary;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Reads what <see cref="StateWriter"/> wrote; anything else is refused with a <see cref="QuantizerStateException"/>.</summary>
internal ref struct StateReader
{
    private ReadOnlySpan<byte> rest;

    /// <exception cref="QuantizerStateException">The bytes have no such header.</exception>
    public StateReader(ReadOnlySpan<byte> bytes)
    {
        QuantizerStateException.ThrowUnless(bytes.Length >= StateWriter.HeaderBytes, "size in bytes", bytes.Length, StateWriter.HeaderBytes);
        rest = bytes;
        var magic = (uint)Int32();
        QuantizerStateException.ThrowUnless(magic == StateWriter.Magic, "magic", magic, StateWriter.Magic);
        QuantizerStateException.ThrowUnless(rest[0] == StateWriter.Version, "version", rest[0], StateWriter.Version);
        Kind = (QuantizerKind)rest[1];
        Metric = (DistanceMetric)rest[2];
        QuantizerStateException.ThrowUnless(Enum.IsDefined(Kind), "kind", rest[1], (double)QuantizerKind.RotatedProduct);
        QuantizerStateException.ThrowUnless(Enum.IsDefined(Metric), "metric", rest[2], (double)DistanceMetric.Hamming);
        rest = rest[4..];
        Dim = Int32();
        QuantizerStateException.ThrowUnless(Dim is > 0 and <= Quantizer.DimMax, "dimension", Dim, Quantizer.DimMax);
        QuantizerStateException.ThrowUnless(Quantizer.Supports(Kind, Metric, Dim), "metric for its kind", (double)Metric, (double)Kind);
    }

    public QuantizerKind Kind { get; }

    public DistanceMetric Metric { get; }

    public int Dim { get; }

    public int Int32()
    {
        QuantizerStateException.ThrowUnless(rest.Length >= sizeof(int), "bytes left", rest.Length, sizeof(int));
        var value = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[sizeof(int)..];
        return value;
    }

    public ulong UInt64()
    {
        var low = (uint)Int32();
        return low | ((ulong)(uint)Int32() << 32);
    }

    /// <summary>A finite number.</summary>
    public float Float(string field)
    {
        var value = BitConverter.Int32BitsToSingle(Int32());
        QuantizerStateException.ThrowUnless(float.IsFinite(value), field, value, 0);
        return value;
    }

    /// <summary>A finite number above 0.</summary>
    public float Positive(string field)
    {
        var value = Float(field);
        QuantizerStateException.ThrowUnless(value > 0, field, value, 0);
        return value;
    }

    /// <summary>Finite numbers of at most <paramref name="sizeMax"/>.</summary>
    public void Floats(string field, Span<float> values, float sizeMax = float.MaxValue)
    {
        // Before anything is read, so that a wrong count costs nothing.
        ThrowUnlessLeft(field, (long)values.Length * sizeof(float));
        foreach (ref var value in values)
        {
            value = Float(field);
            QuantizerStateException.ThrowUnless(Math.Abs(value) <= sizeMax, field, value, sizeMax);
        }
    }

    /// <summary>Refuses what is too short before memory is taken for it.</summary>
    public readonly void ThrowUnlessLeft(string field, long bytes) =>
        QuantizerStateException.ThrowUnless(rest.Length >= bytes, $"bytes left for {field}", rest.Length, bytes);

    public readonly void End() => QuantizerStateException.ThrowUnless(rest.IsEmpty, "bytes too many", rest.Length, 0);
}
