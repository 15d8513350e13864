namespace OrleansVectors.Numerics.Kernels;

/// <summary>
/// What makes a metric: how one register of each vector enters the sum, and how the sum becomes a distance. Lanes that
/// are zero in both vectors must add nothing, which is what lets rows be padded and tails be masked.
/// </summary>
public interface IAccumulationStep
{
    static abstract TVector Accumulate<TWidth, TVector>(TVector sum, TVector left, TVector right)
        where TWidth : struct, ISimdWidth<TVector>
        where TVector : struct;

    static abstract float Finish(float sum);
}
