using System.Runtime.CompilerServices;

namespace OrleansVectors.Numerics.Kernels;

/// <summary>The step of <see cref="DistanceMetric.Manhattan"/>: sum of |a - b|.</summary>
public readonly struct ManhattanStep : IAccumulationStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Accumulate<TWidth, TVector>(TVector sum, TVector left, TVector right)
        where TWidth : struct, ISimdWidth<TVector>
        where TVector : struct =>
        TWidth.Add(sum, TWidth.Abs(TWidth.Subtract(left, right)));

    public static float Finish(float sum) => sum;
}
