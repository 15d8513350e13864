using System.Buffers.Binary;
using System.Numerics;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>The number of bits in which two vectors of bits differ, for callers outside hot loops: spans of any length.</summary>
/// <remarks>Indexes take the kernel of <see cref="CodeDistance.Hamming"/> from <see cref="CodeKernelPicker"/>, over rows of whole blocks.</remarks>
public static unsafe class HammingDistance
{
    /// <summary>The bits that differ.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or exceed 128 MiB.</exception>
    public static int Between(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length || left.Length > BytesMax)
        {
            throw new ArgumentException($"has {right.Length} bytes, the other vector {left.Length}, at most {BytesMax}", nameof(right));
        }

        var whole = left.Length / CodeBlocks.Bytes * CodeBlocks.Bytes;
        int sum;
        fixed (byte* a = left, b = right)
        {
            sum = whole == 0 ? 0 : CodeKernelPicker.Pick<Single, int>(CodeDistance.Hamming, new Single(a, b, (nuint)whole));
        }

        var i = whole;
        for (; i + sizeof(ulong) <= left.Length; i += sizeof(ulong))
        {
            sum += BitOperations.PopCount(
                BinaryPrimitives.ReadUInt64LittleEndian(left[i..]) ^ BinaryPrimitives.ReadUInt64LittleEndian(right[i..]));
        }

        for (; i < left.Length; i++)
        {
            sum += int.PopCount(left[i] ^ right[i]);
        }

        return sum;
    }

    /// <summary>Keeps the sum within 32 bits.</summary>
    private const int BytesMax = 128 << 20;

    private readonly struct Single(byte* left, byte* right, nuint bytes) : ICodeKernelConsumer<int>
    {
        public int Use<TKernel>()
            where TKernel : struct, ICodeKernel =>
            TKernel.Sum(left, right, bytes);
    }
}
