using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OrleansVectors.Cli.VectorFiles;

/// <summary>Little-endian stored elements to float32, one loop per element type.</summary>
internal static class FloatDecoding
{
    public static void FromSingles(ReadOnlySpan<byte> source, Span<float> target)
    {
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.Cast<byte, float>(source).CopyTo(target);
            return;
        }

        for (int i = 0; i < target.Length; i++)
        {
            target[i] = BinaryPrimitives.ReadSingleLittleEndian(source[(i * 4)..]);
        }
    }

    public static void FromDoubles(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(source[(i * 8)..]);
        }
    }

    public static void FromHalves(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(source[(i * 2)..]);
        }
    }

    public static void FromBytes(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = source[i];
        }
    }

    public static void FromSignedBytes(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (sbyte)source[i];
        }
    }

    public static void FromInt32s(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = BinaryPrimitives.ReadInt32LittleEndian(source[(i * 4)..]);
        }
    }
}
