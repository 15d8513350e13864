using System.Runtime.CompilerServices;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>Four components of 2 bits in a byte, 0 to 3, the lowest first.</summary>
public readonly struct Crumbs : ICodePacking
{
    public static int Parts => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Part<TWidth, TVector>(TVector bytes, int part)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        TWidth.Mask(part == 0 ? bytes : TWidth.ShiftRight(bytes, 2 * part), TWidth.Broadcast(0x03));
}
