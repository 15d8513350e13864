using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Two bytes a component, the upper half of its float32. Learns nothing; queries stay float32.</summary>
internal sealed unsafe class BFloat16Quantizer(DistanceMetric metric, int dim) : Quantizer(
    QuantizerKind.BFloat16,
    metric,
    dim,
    BFloat16Rows.PaddedLength(dim) * sizeof(ushort),
    BFloat16Rows.PaddedLength(dim) * sizeof(float))
{
    internal override TResult Use<TConsumer, TResult>(TConsumer consumer) =>
        BFloat16KernelPicker.Pick<KernelConsumer<TConsumer, TResult>, TResult>(Metric, KernelPicker.BestWidth, new(consumer));

    internal override void PrepareQuery(float* paddedQuery, byte* context)
    {
        var components = Prepare(context);
        new ReadOnlySpan<float>(paddedQuery, Dim).CopyTo(components);
        components[Dim..].Clear();
    }

    internal override void PrepareRow(byte* code, byte* context)
    {
        fixed (float* components = Prepare(context))
        {
            BFloat16Rows.Decode((uint*)code, BFloat16Rows.PaddedLength(Dim), components);
        }
    }

    private protected override void EncodeTo(float* vector, byte* code) => BFloat16Rows.Encode(vector, Dim, (uint*)code);

    private protected override void DecodeTo(byte* code, float* vector)
    {
        // Component i of a block is half of its word i or i - 16.
        for (var i = 0; i < Dim; i++)
        {
            var half = i % BFloat16Rows.ComponentsPerBlock;
            var word = ((uint*)code)[((i - half) / 2) + (half % 16)];
            vector[i] = BitConverter.UInt32BitsToSingle(half < 16 ? word << 16 : word & 0xFFFF_0000);
        }
    }

    private protected override void SaveTo(StateWriter writer)
    {
    }

    private Span<float> Prepare(byte* context)
    {
        var query = (CodeQuery*)context;
        query->Components = context + CodeQuery.HeadBytes;
        query->Length = (nuint)BFloat16Rows.PaddedLength(Dim);
        return new Span<float>(query->Components, (int)query->Length);
    }

    private readonly struct KernelConsumer<TConsumer, TResult>(TConsumer consumer) : IBFloat16KernelConsumer<TResult>
        where TConsumer : struct, ICodeScoringConsumer<TResult>
    {
        public TResult Use<TKernel>()
            where TKernel : struct, IBFloat16Kernel =>
            consumer.Use<BFloat16Scoring<TKernel>>();
    }
}
