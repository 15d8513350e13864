using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>
/// One byte a component: its number, 0 to 127, on a <see cref="ComponentGrid"/>. Seven bits, so that differences fit a
/// signed byte and are squared by one instruction.
/// </summary>
/// <remarks>
/// A cosine is taken from the squared difference of vectors of length 1: the rounding of a code then enters in
/// proportion to the difference and not to the vector. An inner product has no such form (a query may be of any length),
/// so there the query's components become signed bytes on a scale of their own.
/// </remarks>
internal sealed unsafe class Int8Quantizer : Quantizer
{
    private const int Largest = 127;

    private readonly ComponentGrid grid;
    private readonly CodeDistance distance;

    private Int8Quantizer(DistanceMetric metric, int dim, ComponentGrid grid)
        : base(QuantizerKind.Int8, metric, dim, CodeBlocks.PaddedLength(dim), CodeBlocks.PaddedLength(dim))
    {
        this.grid = grid;
        distance = metric switch
        {
            DistanceMetric.Dot => CodeDistance.ByteDot,
            DistanceMetric.Manhattan => CodeDistance.ByteManhattan,
            _ => CodeDistance.ByteEuclidean,
        };
    }

    public static Int8Quantizer Train(DistanceMetric metric, VectorRows rows, ReadOnlySpan<uint> sample, double quantile) =>
        new(metric, rows.Dim, ComponentGrid.Train(rows, sample, Largest, quantile));

    public static Int8Quantizer Load(ref StateReader reader) =>
        new(reader.Metric, reader.Dim, ComponentGrid.Load(ref reader, Largest));

    internal override TResult Use<TConsumer, TResult>(TConsumer consumer) =>
        CodeKernelPicker.Pick<AffineConsumer<TConsumer, TResult>, TResult>(distance, new(consumer));

    internal override void PrepareQuery(float* paddedQuery, byte* context)
    {
        var query = (CodeQuery*)context;
        var components = context + CodeQuery.HeadBytes;
        query->Components = components;
        query->Length = (nuint)CodeBytes;
        new Span<byte>(components, CodeBytes).Clear();
        if (distance == CodeDistance.ByteDot)
        {
            SignedQuery.Prepare(paddedQuery, grid, components, query);
            return;
        }

        grid.Encode(paddedQuery, components, 1, Largest);
        grid.Scale(Metric, 1, query);
    }

    internal override void PrepareRow(byte* code, byte* context)
    {
        var query = (CodeQuery*)context;
        if (distance == CodeDistance.ByteDot)
        {
            SignedQuery.PrepareDecoded(this, code, context);
            return;
        }

        query->Components = code;
        query->Length = (nuint)CodeBytes;
        grid.Scale(Metric, 1, query);
    }

    private protected override void EncodeTo(float* vector, byte* code)
    {
        new Span<byte>(code + Dim, CodeBytes - Dim).Clear();
        grid.Encode(vector, code, 1, Largest);
    }

    private protected override void DecodeTo(byte* code, float* vector) => grid.Decode(code, vector);

    private protected override void SaveTo(StateWriter writer) => grid.Save(writer);
}
