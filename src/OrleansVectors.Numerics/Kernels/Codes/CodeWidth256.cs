using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>Registers of 256 bits: 32 bytes. One instruction multiplies and adds where the machine has AVX-VNNI. Without AVX2 it works in halves.</summary>
public readonly unsafe struct CodeWidth256 : ICodeWidth<Vector256<byte>>
{
    public static nuint Bytes => 32;

    public static Vector256<byte> Zero => Vector256<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Broadcast(byte value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Mask(Vector256<byte> left, Vector256<byte> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Differ(Vector256<byte> left, Vector256<byte> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Subtract(Vector256<byte> left, Vector256<byte> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Abs(Vector256<byte> value) => Vector256.Abs(value.AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> ShiftRight(Vector256<byte> value, int bits) => (value.AsUInt16() >>> bits).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> ShiftLeft(Vector256<byte> value, int bits) => (value.AsUInt16() << bits).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> MultiplyPairs(Vector256<byte> components, Vector256<byte> signs) =>
        Avx2.IsSupported
            ? Avx2.MultiplyAddAdjacent(components, signs.AsSByte()).AsByte()
            : Vector256.Create(CodeWidth128.MultiplyPairs(components.GetLower(), signs.GetLower()), CodeWidth128.MultiplyPairs(components.GetUpper(), signs.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> WidenPairs(Vector256<byte> pairs) =>
        Avx2.IsSupported
            ? Avx2.MultiplyAddAdjacent(pairs.AsInt16(), Vector256<short>.One).AsByte()
            : Vector256.Create(CodeWidth128.WidenPairs(pairs.GetLower()), CodeWidth128.WidenPairs(pairs.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> AddShorts(Vector256<byte> left, Vector256<byte> right) => (left.AsInt16() + right.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> AddInts(Vector256<byte> left, Vector256<byte> right) => (left.AsInt32() + right.AsInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> MultiplyAdd(Vector256<byte> sum, Vector256<byte> components, Vector256<byte> signs) =>
        AvxVnni.IsSupported
            ? AvxVnni.MultiplyWideningAndAdd(sum.AsInt32(), components, signs.AsSByte()).AsByte()
            : AddInts(sum, WidenPairs(MultiplyPairs(components, signs)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> AbsoluteDifferences(Vector256<byte> left, Vector256<byte> right) =>
        Avx2.IsSupported
            ? Avx2.SumAbsoluteDifferences(left, right).AsByte()
            : Vector256.Create(CodeWidth128.AbsoluteDifferences(left.GetLower(), right.GetLower()), CodeWidth128.AbsoluteDifferences(left.GetUpper(), right.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> PopCount(Vector256<byte> value)
    {
        if (!Avx2.IsSupported)
        {
            return Vector256.Create(CodeWidth128.PopCount(value.GetLower()), CodeWidth128.PopCount(value.GetUpper()));
        }

        var half = CodeWidth128.OnesOfNibble;
        var ones = Vector256.Create(half, half);
        var low = Vector256.Create((byte)0x0F);
        return Avx2.Shuffle(ones, value & low) + Avx2.Shuffle(ones, (value.AsUInt16() >>> 4).AsByte() & low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Fold(Vector256<byte> value) => value.GetLower().AsInt32() + value.GetUpper().AsInt32();
}
