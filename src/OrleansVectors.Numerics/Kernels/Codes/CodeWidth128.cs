using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>Registers of 128 bits: 16 bytes. Without SSSE3 everything is done in portable vectors.</summary>
public readonly unsafe struct CodeWidth128 : ICodeWidth<Vector128<byte>>
{
    public static nuint Bytes => 16;

    public static Vector128<byte> Zero => Vector128<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Broadcast(byte value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Mask(Vector128<byte> left, Vector128<byte> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Differ(Vector128<byte> left, Vector128<byte> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Subtract(Vector128<byte> left, Vector128<byte> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Abs(Vector128<byte> value) => Vector128.Abs(value.AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftRight(Vector128<byte> value, int bits) => (value.AsUInt16() >>> bits).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftLeft(Vector128<byte> value, int bits) => (value.AsUInt16() << bits).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> MultiplyPairs(Vector128<byte> components, Vector128<byte> signs)
    {
        if (Ssse3.IsSupported)
        {
            return Ssse3.MultiplyAddAdjacent(components, signs.AsSByte()).AsByte();
        }

        var even = (components.AsUInt16() & Vector128.Create((ushort)0xFF)).AsInt16() * ((signs.AsInt16() << 8) >> 8);
        var odd = (components.AsUInt16() >>> 8).AsInt16() * (signs.AsInt16() >> 8);
        return (even + odd).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> WidenPairs(Vector128<byte> pairs) =>
        Sse2.IsSupported
            ? Sse2.MultiplyAddAdjacent(pairs.AsInt16(), Vector128<short>.One).AsByte()
            : (((pairs.AsInt32() << 16) >> 16) + (pairs.AsInt32() >> 16)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> AddShorts(Vector128<byte> left, Vector128<byte> right) => (left.AsInt16() + right.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> AddInts(Vector128<byte> left, Vector128<byte> right) => (left.AsInt32() + right.AsInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> MultiplyAdd(Vector128<byte> sum, Vector128<byte> components, Vector128<byte> signs) =>
        AvxVnni.IsSupported
            ? AvxVnni.MultiplyWideningAndAdd(sum.AsInt32(), components, signs.AsSByte()).AsByte()
            : AddInts(sum, WidenPairs(MultiplyPairs(components, signs)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> AbsoluteDifferences(Vector128<byte> left, Vector128<byte> right)
    {
        if (Sse2.IsSupported)
        {
            return Sse2.SumAbsoluteDifferences(left, right).AsByte();
        }

        var differences = (Vector128.Max(left, right) - Vector128.Min(left, right)).AsUInt16();
        return WidenPairs(((differences & Vector128.Create((ushort)0xFF)) + (differences >>> 8)).AsByte());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> PopCount(Vector128<byte> value)
    {
        if (Ssse3.IsSupported)
        {
            var ones = OnesOfNibble;
            var low = Vector128.Create((byte)0x0F);
            return Ssse3.Shuffle(ones, value & low) + Ssse3.Shuffle(ones, (value.AsUInt16() >>> 4).AsByte() & low);
        }

        // Ones of pairs, of nibbles, of bytes.
        value -= (value >>> 1) & Vector128.Create((byte)0x55);
        value = (value & Vector128.Create((byte)0x33)) + ((value >>> 2) & Vector128.Create((byte)0x33));
        return (value + (value >>> 4)) & Vector128.Create((byte)0x0F);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Fold(Vector128<byte> value) => value.AsInt32();

    internal static Vector128<byte> OnesOfNibble
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    }
}
