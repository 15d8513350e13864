using System.Runtime.Intrinsics;
using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Numbers of 4, 2 or 1 bits, packed as <see cref="CodeBlocks"/> says: number i of a block meets the query's byte i of that block.</summary>
internal static unsafe class PackedNumbers
{
    /// <summary>Packs <c>codeBytes * parts</c> numbers.</summary>
    /// <param name="numbers">One to a byte, each below 2^(8 / parts).</param>
    /// <param name="codeBytes">Bytes of the code, a multiple of <see cref="CodeBlocks.Bytes"/>.</param>
    /// <param name="parts">Numbers to a byte.</param>
    /// <param name="code">Receives the code.</param>
    public static void Pack(byte* numbers, int codeBytes, int parts, byte* code)
    {
        var bits = 8 / parts;
        for (var block = 0; block < codeBytes; block += CodeBlocks.Bytes)
        {
            for (var i = 0; i < CodeBlocks.Bytes; i += Vector128<byte>.Count)
            {
                var packed = Vector128<byte>.Zero;
                for (var part = 0; part < parts; part++)
                {
                    packed |= Vector128.Load(numbers + (block * parts) + (part * CodeBlocks.Bytes) + i) << (part * bits);
                }

                packed.Store(code + block + i);
            }
        }
    }

    /// <summary>Undoes <see cref="Pack"/>.</summary>
    public static void Unpack(byte* code, int codeBytes, int parts, byte* numbers)
    {
        var bits = 8 / parts;
        var mask = Vector128.Create((byte)((1 << bits) - 1));
        for (var block = 0; block < codeBytes; block += CodeBlocks.Bytes)
        {
            for (var i = 0; i < CodeBlocks.Bytes; i += Vector128<byte>.Count)
            {
                var packed = Vector128.Load(code + block + i);
                for (var part = 0; part < parts; part++)
                {
                    ((packed >>> (part * bits)) & mask).Store(numbers + (block * parts) + (part * CodeBlocks.Bytes) + i);
                }
            }
        }
    }

    /// <summary>Nibbles as the kernels take them out of a code: 0, 4, 8 to 60.</summary>
    public static void UnpackScaledNibbles(byte* code, int codeBytes, byte* numbers)
    {
        var mask = Vector128.Create((byte)0x3C);
        for (var block = 0; block < codeBytes; block += CodeBlocks.Bytes)
        {
            var low = numbers + (2 * block);
            for (var i = 0; i < CodeBlocks.Bytes; i += Vector128<byte>.Count)
            {
                var packed = Vector128.Load(code + block + i);
                ((packed << 2) & mask).Store(low + i);
                ((packed >>> 2) & mask).Store(low + CodeBlocks.Bytes + i);
            }
        }
    }
}
