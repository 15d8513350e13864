using System.Runtime.CompilerServices;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>The sum of |a - b| over unsigned components.</summary>
public readonly struct AbsoluteDifferenceStep : ICodeStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Accumulate<TWidth, TVector>(TVector sum, TVector code, TVector query)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        TWidth.AddInts(sum, TWidth.AbsoluteDifferences(code, query));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Pairs<TWidth, TVector>(TVector code, TVector query)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        TWidth.AbsoluteDifferences(code, query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Widen<TWidth, TVector>(TVector pairs)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        pairs;
}
