using System.Runtime.CompilerServices;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>
/// The sum of (a - b)^2 over components of at most 127: their difference fits a signed byte, so the instruction that
/// multiplies unsigned with signed bytes squares its size.
/// </summary>
/// <remarks>Packed components must be at most 63, so that the squares of two of them fit 16 bits: 4 * 63^2 &lt; 2^15.</remarks>
public readonly struct SquaredDifferenceStep : ICodeStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Accumulate<TWidth, TVector>(TVector sum, TVector code, TVector query)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct
    {
        var difference = TWidth.Abs(TWidth.Subtract(code, query));
        return TWidth.MultiplyAdd(sum, difference, difference);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Pairs<TWidth, TVector>(TVector code, TVector query)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct
    {
        var difference = TWidth.Abs(TWidth.Subtract(code, query));
        return TWidth.MultiplyPairs(difference, difference);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Widen<TWidth, TVector>(TVector pairs)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct =>
        TWidth.WidenPairs(pairs);
}
