using System.Runtime.CompilerServices;

namespace OrleansVectors.Numerics.Kernels;

/// <summary>The step of <see cref="DistanceMetric.Dot"/> and <see cref="DistanceMetric.Cosine"/>: minus the sum of a * b.</summary>
public readonly struct DotStep : IAccumulationStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Accumulate<TWidth, TVector>(TVector sum, TVector left, TVector right)
        where TWidth : struct, ISimdWidth<TVector>
        where TVector : struct =>
        TWidth.MultiplyAdd(left, right, sum);

    public static float Finish(float sum) => -sum;
}
