using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Numerics.Tests;

/// <summary>A kernel chosen at run time, so that one test body covers every metric and width.</summary>
internal abstract unsafe class KernelUnderTest
{
    public abstract RegisterWidth Width { get; }

    public static KernelUnderTest Of(DistanceMetric metric, RegisterWidth width) =>
        KernelPicker.Pick<Maker, KernelUnderTest>(metric, width, default);

    /// <summary>Every metric at every width, for <c>MemberData</c>.</summary>
    public static IEnumerable<TheoryDataRow<DistanceMetric, RegisterWidth>> All() =>
        from metric in Enum.GetValues<DistanceMetric>()
        from width in Enum.GetValues<RegisterWidth>()
        select new TheoryDataRow<DistanceMetric, RegisterWidth>(metric, width);

    public abstract float Distance(float* left, float* right, int length);

    public abstract float PaddedDistance(float* left, float* right, int paddedLength);

    public abstract void Gather(float* query, byte* rows, int strideBytes, int paddedLength, uint* ordinals, int count, float* distances);

    public abstract void Scan(float* query, byte* rows, int strideBytes, int paddedLength, int count, float* distances);

    private readonly struct Maker : IKernelConsumer<KernelUnderTest>
    {
        public KernelUnderTest Use<TKernel>()
            where TKernel : struct, IDistanceKernel => new Compiled<TKernel>();
    }

    private sealed class Compiled<TKernel> : KernelUnderTest
        where TKernel : struct, IDistanceKernel
    {
        public override RegisterWidth Width => TKernel.Width;

        public override float Distance(float* left, float* right, int length) => TKernel.Distance(left, right, (nuint)length);

        public override float PaddedDistance(float* left, float* right, int paddedLength) =>
            TKernel.PaddedDistance(left, right, (nuint)paddedLength);

        public override void Gather(
            float* query, byte* rows, int strideBytes, int paddedLength, uint* ordinals, int count, float* distances) =>
            TKernel.GatherDistances(query, rows, (nuint)strideBytes, (nuint)paddedLength, ordinals, count, distances);

        public override void Scan(float* query, byte* rows, int strideBytes, int paddedLength, int count, float* distances) =>
            TKernel.ScanDistances(query, rows, (nuint)strideBytes, (nuint)paddedLength, count, distances);
    }
}
