using System.Runtime.CompilerServices;

namespace OrleansVectors.Numerics.Kernels;

/// <summary>The step of <see cref="DistanceMetric.Hamming"/>: 1 for each component that differs; exact up to 2^24 components.</summary>
public readonly struct HammingStep : IAccumulationStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Accumulate<TWidth, TVector>(TVector sum, TVector left, TVector right)
        where TWidth : struct, ISimdWidth<TVector>
        where TVector : struct =>
        TWidth.Add(sum, TWidth.Differ(left, right));

    public static float Finish(float sum) => sum;
}
