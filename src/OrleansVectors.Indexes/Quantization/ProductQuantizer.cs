using System.Buffers;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Four bits for each run of components: the number of the nearest of sixteen centroids of a <see cref="ProductCodebook"/>.</summary>
/// <remarks>
/// A query is a table of its distances from every centroid, so only the stored vectors are rounded. A cosine is taken
/// from the squared difference, as with the other kinds.
/// </remarks>
internal sealed unsafe class ProductQuantizer : Quantizer
{
    /// <summary>Components of a run when no number of runs is asked for.</summary>
    private const int RunLengthDefault = 2;

    /// <summary>Runs are added in fours; a pad of zero numbers meets a table of zeros.</summary>
    private const int RunsStep = 4;

    /// <summary>Keeps squared distances of 65,536 components within the range of float32.</summary>
    private const float CentroidMax = 1e16f;

    private readonly ProductCodebook codebook;
    private readonly int runs;

    private ProductQuantizer(DistanceMetric metric, ProductCodebook codebook)
        : base(QuantizerKind.Product, metric, codebook.Dim, CodeBlocks.PaddedLength(PaddedRuns(codebook) / 2), PaddedRuns(codebook) * ProductCodebook.Centroids * sizeof(float))
    {
        this.codebook = codebook;
        runs = PaddedRuns(codebook);
    }

    public static ProductQuantizer Train(DistanceMetric metric, VectorRows rows, ReadOnlySpan<uint> sample, int subvectors, ulong seed)
    {
        if (subvectors < 0 || subvectors > rows.Dim)
        {
            throw new ArgumentOutOfRangeException(nameof(subvectors), subvectors, $"a vector of {rows.Dim} components has no such number of subvectors");
        }

        var runLength = subvectors == 0 ? Math.Min(RunLengthDefault, rows.Dim) : (rows.Dim + subvectors - 1) / subvectors;
        return new(metric, ProductCodebook.Train(metric, rows, sample, runLength, seed));
    }

    public static ProductQuantizer Load(ref StateReader reader) =>
        new(reader.Metric, ProductCodebook.Load(ref reader, CentroidMax));

    internal override TResult Use<TConsumer, TResult>(TConsumer consumer) => consumer.Use<ProductScoring>();

    internal override void PrepareQuery(float* paddedQuery, byte* context)
    {
        var query = (CodeQuery*)context;
        var tables = (float*)(context + CodeQuery.HeadBytes);
        query->Components = (byte*)tables;
        query->Length = (nuint)(runs / 2);
        query->Offset = Metric == DistanceMetric.Cosine ? -1 : 0;
        for (var run = 0; run < codebook.Runs; run++)
        {
            codebook.FillTable(Metric, paddedQuery + (run * codebook.RunLength), run, tables + (run * ProductCodebook.Centroids));
        }

        new Span<float>(tables + (codebook.Runs * ProductCodebook.Centroids), (runs - codebook.Runs) * ProductCodebook.Centroids).Clear();
    }

    internal override void PrepareRow(byte* code, byte* context)
    {
        var rented = ArrayPool<float>.Shared.Rent(Dim);
        fixed (float* vector = rented)
        {
            DecodeTo(code, vector);
            PrepareQuery(vector, context);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private protected override void EncodeTo(float* vector, byte* code)
    {
        var numbers = stackalloc byte[runs];
        new Span<byte>(numbers, runs).Clear();
        codebook.Encode(Metric, vector, numbers);
        new Span<byte>(code, CodeBytes).Clear();
        for (var i = 0; i < runs / 2; i++)
        {
            code[i] = (byte)(numbers[2 * i] | (numbers[(2 * i) + 1] << 4));
        }
    }

    private protected override void DecodeTo(byte* code, float* vector)
    {
        var numbers = stackalloc byte[runs];
        for (var i = 0; i < runs / 2; i++)
        {
            numbers[2 * i] = (byte)(code[i] & 15);
            numbers[(2 * i) + 1] = (byte)(code[i] >> 4);
        }

        codebook.Decode(numbers, vector);
    }

    private protected override void SaveTo(StateWriter writer) => codebook.Save(writer);

    private static int PaddedRuns(ProductCodebook codebook) => (codebook.Runs + RunsStep - 1) / RunsStep * RunsStep;
}
