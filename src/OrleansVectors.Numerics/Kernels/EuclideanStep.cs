using System.Runtime.CompilerServices;

namespace OrleansVectors.Numerics.Kernels;

/// <summary>The step of <see cref="DistanceMetric.Euclidean"/>: sum of (a - b)^2.</summary>
public readonly struct EuclideanStep : IAccumulationStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Accumulate<TWidth, TVector>(TVector sum, TVector left, TVector right)
        where TWidth : struct, ISimdWidth<TVector>
        where TVector : struct
    {
        var difference = TWidth.Subtract(left, right);
        return TWidth.MultiplyAdd(difference, difference, sum);
    }

    public static float Finish(float sum) => sum;
}
