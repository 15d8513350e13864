using System.Runtime.CompilerServices;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>One component in a byte.</summary>
public readonly struct WholeBytes : ICodePacking
{
    public static int Parts => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Part<TWidth, TVector>(TVector bytes, int part)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        bytes;
}
