using System.Runtime.CompilerServices;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>Two components of 4 bits in a byte, 0 to 15, the low half first.</summary>
public readonly struct Nibbles : ICodePacking
{
    public static int Parts => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Part<TWidth, TVector>(TVector bytes, int part)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        TWidth.Mask(part == 0 ? bytes : TWidth.ShiftRight(bytes, 4), TWidth.Broadcast(0x0F));
}
