using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>
/// A component is its number on a <see cref="ComponentGrid"/>. <see cref="QuantizerKind.Int8"/>: one byte, 0 to 127;
/// seven bits, so that differences fit a signed byte and are squared by one instruction.
/// <see cref="QuantizerKind.Int4"/>: half a byte, 0 to 15; queries keep two bits more, 0 to 63.
/// </summary>
/// <remarks>
/// A cosine is taken from the squared difference of vectors of length 1: the rounding of a code then enters in
/// proportion to the difference and not to the vector. An inner product has no such form (a query may be of any length),
/// so there the query's components become signed bytes on a scale of their own.
/// </remarks>
internal sealed unsafe class GridQuantizer : Quantizer
{
    private readonly ComponentGrid grid;
    private readonly CodeDistance distance;
    private readonly int parts;
    private readonly int finer;

    private GridQuantizer(QuantizerKind kind, DistanceMetric metric, int dim, ComponentGrid grid)
        : base(kind, metric, dim, CodeBytesOf(kind, dim), CodeBytesOf(kind, dim) * PartsOf(kind))
    {
        this.grid = grid;
        parts = PartsOf(kind);
        finer = kind == QuantizerKind.Int4 ? 4 : 1;
        distance = (kind, metric) switch
        {
            (QuantizerKind.Int4, DistanceMetric.Dot) => CodeDistance.NibbleDot,
            (QuantizerKind.Int4, DistanceMetric.Manhattan) => CodeDistance.NibbleManhattan,
            (QuantizerKind.Int4, _) => CodeDistance.NibbleEuclidean,
            (_, DistanceMetric.Dot) => CodeDistance.ByteDot,
            (_, DistanceMetric.Manhattan) => CodeDistance.ByteManhattan,
            _ => CodeDistance.ByteEuclidean,
        };
    }

    /// <summary>The largest number of a query's component.</summary>
    private int QueryLargest => parts == 2 ? 63 : 127;

    public static GridQuantizer Train(QuantizerKind kind, DistanceMetric metric, VectorRows rows, ReadOnlySpan<uint> sample, double quantile) =>
        new(kind, metric, rows.Dim, ComponentGrid.Train(rows, sample, LargestOf(kind), quantile));

    public static GridQuantizer Load(ref StateReader reader) =>
        new(reader.Kind, reader.Metric, reader.Dim, ComponentGrid.Load(ref reader, LargestOf(reader.Kind)));

    internal override TResult Use<TConsumer, TResult>(TConsumer consumer) =>
        CodeKernelPicker.Pick<AffineConsumer<TConsumer, TResult>, TResult>(distance, new(consumer));

    internal override void PrepareQuery(float* paddedQuery, byte* context)
    {
        var query = Begin(context);
        new Span<byte>(query->Components + Dim, (CodeBytes * parts) - Dim).Clear();
        if (Metric == DistanceMetric.Dot)
        {
            SignedQuery.Prepare(paddedQuery, grid, query);
            return;
        }

        grid.Encode(paddedQuery, query->Components, finer, QueryLargest);
        grid.Scale(Metric, finer, query);
    }

    internal override void PrepareRow(byte* code, byte* context)
    {
        if (Metric == DistanceMetric.Dot)
        {
            SignedQuery.PrepareDecoded(this, code, context);
            return;
        }

        var query = Begin(context);
        grid.Scale(Metric, finer, query);
        if (parts == 1)
        {
            query->Components = code;
        }
        else
        {
            PackedNumbers.UnpackScaledNibbles(code, CodeBytes, query->Components);
        }
    }

    private protected override void EncodeTo(float* vector, byte* code)
    {
        if (parts == 1)
        {
            new Span<byte>(code + Dim, CodeBytes - Dim).Clear();
            grid.Encode(vector, code, 1, grid.Steps);
            return;
        }

        var numbers = stackalloc byte[CodeBytes * parts];
        new Span<byte>(numbers + Dim, (CodeBytes * parts) - Dim).Clear();
        grid.Encode(vector, numbers, 1, grid.Steps);
        PackedNumbers.Pack(numbers, CodeBytes, parts, code);
    }

    private protected override void DecodeTo(byte* code, float* vector)
    {
        if (parts == 1)
        {
            grid.Decode(code, vector);
            return;
        }

        var numbers = stackalloc byte[CodeBytes * parts];
        PackedNumbers.Unpack(code, CodeBytes, parts, numbers);
        grid.Decode(numbers, vector);
    }

    private protected override void SaveTo(StateWriter writer) => grid.Save(writer);

    private static int PartsOf(QuantizerKind kind) => kind == QuantizerKind.Int4 ? 2 : 1;

    private static int LargestOf(QuantizerKind kind) => kind == QuantizerKind.Int4 ? 15 : 127;

    private static int CodeBytesOf(QuantizerKind kind, int dim) => CodeBlocks.PaddedLength((dim + PartsOf(kind) - 1) / PartsOf(kind));

    private CodeQuery* Begin(byte* context)
    {
        var query = (CodeQuery*)context;
        query->Components = context + CodeQuery.HeadBytes;
        query->Length = (nuint)CodeBytes;
        return query;
    }
}
