using System.Runtime.CompilerServices;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>Eight components of 1 bit in a byte, the lowest first.</summary>
public readonly struct SingleBits : ICodePacking
{
    public static int Parts => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Part<TWidth, TVector>(TVector bytes, int part)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        TWidth.Mask(part == 0 ? bytes : TWidth.ShiftRight(bytes, part), TWidth.Broadcast(0x01));
}
