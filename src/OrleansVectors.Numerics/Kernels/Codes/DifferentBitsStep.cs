using System.Runtime.CompilerServices;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>The number of bits in which two vectors of bits differ (the Hamming distance).</summary>
public readonly struct DifferentBitsStep : ICodeStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Accumulate<TWidth, TVector>(TVector sum, TVector code, TVector query)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        TWidth.AddInts(sum, Pairs<TWidth, TVector>(code, query));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Pairs<TWidth, TVector>(TVector code, TVector query)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        TWidth.AbsoluteDifferences(TWidth.PopCount(TWidth.Differ(code, query)), TWidth.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Widen<TWidth, TVector>(TVector pairs)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        pairs;
}
