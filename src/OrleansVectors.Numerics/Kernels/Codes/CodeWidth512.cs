using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>Registers of 512 bits: 64 bytes. Without AVX-512BW it works in halves.</summary>
public readonly unsafe struct CodeWidth512 : ICodeWidth<Vector512<byte>>
{
    public static nuint Bytes => 64;

    public static Vector512<byte> Zero => Vector512<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Broadcast(byte value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Mask(Vector512<byte> left, Vector512<byte> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Differ(Vector512<byte> left, Vector512<byte> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Subtract(Vector512<byte> left, Vector512<byte> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Abs(Vector512<byte> value) => Vector512.Abs(value.AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> ShiftRight(Vector512<byte> value, int bits) => (value.AsUInt16() >>> bits).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> ShiftLeft(Vector512<byte> value, int bits) => (value.AsUInt16() << bits).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> MultiplyPairs(Vector512<byte> components, Vector512<byte> signs) =>
        Avx512BW.IsSupported
            ? Avx512BW.MultiplyAddAdjacent(components, signs.AsSByte()).AsByte()
            : Vector512.Create(CodeWidth256.MultiplyPairs(components.GetLower(), signs.GetLower()), CodeWidth256.MultiplyPairs(components.GetUpper(), signs.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> WidenPairs(Vector512<byte> pairs) =>
        Avx512BW.IsSupported
            ? Avx512BW.MultiplyAddAdjacent(pairs.AsInt16(), Vector512<short>.One).AsByte()
            : Vector512.Create(CodeWidth256.WidenPairs(pairs.GetLower()), CodeWidth256.WidenPairs(pairs.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> AddShorts(Vector512<byte> left, Vector512<byte> right) => (left.AsInt16() + right.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> AddInts(Vector512<byte> left, Vector512<byte> right) => (left.AsInt32() + right.AsInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> MultiplyAdd(Vector512<byte> sum, Vector512<byte> components, Vector512<byte> signs) =>
        AddInts(sum, WidenPairs(MultiplyPairs(components, signs)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> AbsoluteDifferences(Vector512<byte> left, Vector512<byte> right) =>
        Avx512BW.IsSupported
            ? Avx512BW.SumAbsoluteDifferences(left, right).AsByte()
            : Vector512.Create(CodeWidth256.AbsoluteDifferences(left.GetLower(), right.GetLower()), CodeWidth256.AbsoluteDifferences(left.GetUpper(), right.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> PopCount(Vector512<byte> value)
    {
        if (!Avx512BW.IsSupported)
        {
            return Vector512.Create(CodeWidth256.PopCount(value.GetLower()), CodeWidth256.PopCount(value.GetUpper()));
        }

        var half = CodeWidth128.OnesOfNibble;
        var ones = Vector512.Create(Vector256.Create(half, half), Vector256.Create(half, half));
        var low = Vector512.Create((byte)0x0F);
        return Avx512BW.Shuffle(ones, value & low) + Avx512BW.Shuffle(ones, (value.AsUInt16() >>> 4).AsByte() & low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Fold(Vector512<byte> value) =>
        CodeWidth256.Fold((value.GetLower().AsInt32() + value.GetUpper().AsInt32()).AsByte());
}
