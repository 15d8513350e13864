using System.Runtime.CompilerServices;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>The sum of a * b over components a of at most 127 and signed query components b of -127 to 127.</summary>
public readonly struct ProductStep : ICodeStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Accumulate<TWidth, TVector>(TVector sum, TVector code, TVector query)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        TWidth.MultiplyAdd(sum, code, query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Pairs<TWidth, TVector>(TVector code, TVector query)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        TWidth.MultiplyPairs(code, query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Widen<TWidth, TVector>(TVector pairs)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        TWidth.WidenPairs(pairs);
}
