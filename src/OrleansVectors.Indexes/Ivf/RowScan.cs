using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>A metric's distances from one vector to consecutive rows, behind one virtual call.</summary>
internal abstract unsafe class RowScan
{
    public static RowScan For(DistanceMetric metric) => KernelPicker.Pick<Picker, RowScan>(metric, default);

    public abstract void Distances(float* query, byte* rows, nuint paddedLength, int count, float* distances);

    public abstract float Distance(float* left, float* right, nuint paddedLength);

    private readonly struct Picker : IKernelConsumer<RowScan>
    {
        public RowScan Use<TKernel>()
            where TKernel : struct, IDistanceKernel =>
            new Compiled<TKernel>();
    }

    private sealed class Compiled<TKernel> : RowScan
        where TKernel : struct, IDistanceKernel
    {
        public override void Distances(float* query, byte* rows, nuint paddedLength, int count, float* distances) =>
            TKernel.ScanDistances(query, rows, paddedLength * sizeof(float), paddedLength, count, distances);

        public override float Distance(float* left, float* right, nuint paddedLength) =>
            TKernel.PaddedDistance(left, right, paddedLength);
    }
}
