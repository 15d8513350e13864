using System.Buffers;
using System.Runtime.CompilerServices;
using OrleansVectors.Indexes.Rotations;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Four bits for each run of components: the number of the nearest of sixteen centroids of a <see cref="ProductCodebook"/>.</summary>
/// <remarks>
/// A query is a table of its distances from every centroid, so only the stored vectors are rounded. A cosine is taken
/// from the squared difference, as with the other kinds. <see cref="QuantizerKind.RotatedProduct"/> does all that in the
/// base of an <see cref="EigenvalueAllocation"/>.
/// </remarks>
internal sealed unsafe class ProductQuantizer : Quantizer
{
    /// <summary>Components of a run when no number of runs is asked for.</summary>
    private const int RunLengthDefault = 2;

    /// <summary>Runs are added in fours; a pad of zero numbers meets a table of zeros.</summary>
    private const int RunsStep = 4;

    /// <summary>Keeps squared distances of 65,536 components within the range of float32.</summary>
    private const float CentroidMax = 1e16f;

    /// <summary>How far a stored axis may be from length 1.</summary>
    private const double AxisError = 1e-3;

    private readonly ProductCodebook codebook;
    private readonly int runs;
    private readonly float[]? axes;
    private readonly LearnedRotation? rotation;

    private ProductQuantizer(QuantizerKind kind, DistanceMetric metric, ProductCodebook codebook, float[]? axes)
        : base(
            kind,
            metric,
            codebook.Dim,
            CodeBlocks.PaddedLength(PaddedRuns(codebook) / 2),
            PaddedRuns(codebook) * ProductCodebook.Centroids * sizeof(float))
    {
        this.codebook = codebook;
        this.axes = axes;
        runs = PaddedRuns(codebook);
        // The array is pinned, and lives as long as this.
        rotation = axes is null ? null : new LearnedRotation((float*)Unsafe.AsPointer(ref axes[0]), PaddedRows.PaddedLength(codebook.Dim));
    }

    public static ProductQuantizer Train(
        QuantizerKind kind, DistanceMetric metric, VectorRows rows, ReadOnlySpan<uint> sample, int subvectors, ulong seed)
    {
        if (subvectors < 0 || subvectors > rows.Dim)
        {
            throw new ArgumentOutOfRangeException(nameof(subvectors), subvectors, $"a vector of {rows.Dim} components has no such number of subvectors");
        }

        var runLength = subvectors == 0 ? Math.Min(RunLengthDefault, rows.Dim) : (rows.Dim + subvectors - 1) / subvectors;
        if (kind == QuantizerKind.Product)
        {
            return new(kind, metric, ProductCodebook.Train(metric, rows, sample, runLength, seed), null);
        }

        var (codebook, axes) = RotatedCodebook.Train(metric, rows, sample, runLength, seed);
        return new(kind, metric, codebook, axes);
    }

    public static ProductQuantizer Load(ref StateReader reader)
    {
        var kind = reader.Kind;
        var codebook = ProductCodebook.Load(ref reader, CentroidMax);
        if (kind == QuantizerKind.Product)
        {
            return new(kind, reader.Metric, codebook, null);
        }

        var isRotated = reader.Int32();
        QuantizerStateException.ThrowUnless(isRotated is 0 or 1, "rotation", isRotated, 1);
        return new(kind, reader.Metric, codebook, isRotated == 1 ? LoadAxes(ref reader) : null);
    }

    internal override TResult Use<TConsumer, TResult>(TConsumer consumer) => consumer.Use<ProductScoring>();

    internal override void PrepareQuery(float* paddedQuery, byte* context)
    {
        if (rotation is null)
        {
            Prepare(paddedQuery, context);
            return;
        }

        var length = PaddedRows.PaddedLength(Dim);
        var rented = ArrayPool<float>.Shared.Rent(length);
        fixed (float* rotated = rented)
        {
            rotation.Rotate(paddedQuery, rotated);
            Prepare(rotated, context);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    internal override void PrepareRow(byte* code, byte* context)
    {
        var rented = ArrayPool<float>.Shared.Rent(Dim);
        fixed (float* components = rented)
        {
            DecodeComponents(code, components);
            Prepare(components, context);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private protected override void EncodeTo(float* vector, byte* code)
    {
        if (rotation is null)
        {
            EncodeComponents(vector, code);
            return;
        }

        var length = PaddedRows.PaddedLength(Dim);
        var rented = ArrayPool<float>.Shared.Rent(length);
        fixed (float* rotated = rented)
        {
            new ReadOnlySpan<float>(vector, Dim).CopyTo(rented);
            rented.AsSpan(Dim, length - Dim).Clear();
            rotation.Rotate(rotated, rotated);
            EncodeComponents(rotated, code);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private protected override void DecodeTo(byte* code, float* vector)
    {
        if (rotation is null)
        {
            DecodeComponents(code, vector);
            return;
        }

        var length = PaddedRows.PaddedLength(Dim);
        var rented = ArrayPool<float>.Shared.Rent(length);
        fixed (float* rotated = rented)
        {
            rented.AsSpan(Dim, length - Dim).Clear();
            DecodeComponents(code, rotated);
            rotation.RotateBack(rotated);
            new ReadOnlySpan<float>(rotated, Dim).CopyTo(new Span<float>(vector, Dim));
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private protected override void SaveTo(StateWriter writer)
    {
        codebook.Save(writer);
        if (Kind == QuantizerKind.RotatedProduct)
        {
            writer.Int32(axes is null ? 0 : 1);
        }

        if (axes is not null)
        {
            var length = PaddedRows.PaddedLength(Dim);
            for (var axis = 0; axis < Dim; axis++)
            {
                writer.Floats(axes.AsSpan(axis * length, Dim));
            }
        }
    }

    private static float[] LoadAxes(ref StateReader reader)
    {
        var length = PaddedRows.PaddedLength(reader.Dim);
        // The bytes are counted before so much memory is taken for them.
        reader.ThrowUnlessLeft("axes", (long)reader.Dim * reader.Dim * sizeof(float));
        var axes = GC.AllocateArray<float>(length * length, pinned: true);
        for (var axis = 0; axis < reader.Dim; axis++)
        {
            var components = axes.AsSpan(axis * length, reader.Dim);
            reader.Floats("axes", components, 1 + (float)AxisError);
            var squares = -VectorDistance.Between(DistanceMetric.Dot, components, components);
            QuantizerStateException.ThrowUnless(Math.Abs(squares - 1) <= AxisError, "length of an axis", squares, 1);
        }

        return axes;
    }

    /// <summary>Makes the tables; of a rotated vector where there is a rotation.</summary>
    private void Prepare(float* components, byte* context)
    {
        var query = (CodeQuery*)context;
        var tables = (float*)(context + CodeQuery.HeadBytes);
        query->Components = (byte*)tables;
        query->Length = (nuint)(runs / 2);
        query->Offset = Metric == DistanceMetric.Cosine ? -1 : 0;
        for (var run = 0; run < codebook.Runs; run++)
        {
            codebook.FillTable(Metric, components + (run * codebook.RunLength), run, tables + (run * ProductCodebook.Centroids));
        }

        new Span<float>(tables + (codebook.Runs * ProductCodebook.Centroids), (runs - codebook.Runs) * ProductCodebook.Centroids).Clear();
    }

    private void EncodeComponents(float* components, byte* code)
    {
        var numbers = stackalloc byte[runs];
        new Span<byte>(numbers, runs).Clear();
        codebook.Encode(Metric, components, numbers);
        new Span<byte>(code, CodeBytes).Clear();
        for (var i = 0; i < runs / 2; i++)
        {
            code[i] = (byte)(numbers[2 * i] | (numbers[(2 * i) + 1] << 4));
        }
    }

    private void DecodeComponents(byte* code, float* components)
    {
        var numbers = stackalloc byte[runs];
        for (var i = 0; i < runs / 2; i++)
        {
            numbers[2 * i] = (byte)(code[i] & 15);
            numbers[(2 * i) + 1] = (byte)(code[i] >> 4);
        }

        codebook.Decode(numbers, components);
    }

    private static int PaddedRuns(ProductCodebook codebook) => (codebook.Runs + RunsStep - 1) / RunsStep * RunsStep;
}
