using System.Buffers;
using OrleansVectors.Indexes.Rotations;
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
/// <para>
/// One step for all components wastes numbers where few components carry most of the variance, as in the leading
/// components of a singular value decomposition. Where the sample says so, vectors are first rotated at random, which
/// spreads the variance evenly and keeps distances (not Manhattan's).
/// </para>
/// </remarks>
internal sealed unsafe class GridQuantizer : Quantizer
{
    /// <summary>A rotation costs queries a microsecond or two: the rounding of a whole vector must be smaller by this factor.</summary>
    private const double RotatedRoundingMax = 0.8;

    private readonly ComponentGrid grid;
    private readonly HadamardRotation? rotation;
    private readonly ulong seed;
    private readonly CodeDistance distance;
    private readonly int parts;
    private readonly int finer;
    private readonly int length;

    private GridQuantizer(QuantizerKind kind, DistanceMetric metric, int dim, ComponentGrid grid, HadamardRotation? rotation, ulong seed)
        : base(kind, metric, dim, CodeBytesOf(kind, grid.Starts.Length), CodeBytesOf(kind, grid.Starts.Length) * PartsOf(kind))
    {
        this.grid = grid;
        this.rotation = rotation;
        this.seed = seed;
        length = grid.Starts.Length;
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

    public static GridQuantizer Train(QuantizerKind kind, DistanceMetric metric, VectorRows rows, ReadOnlySpan<uint> sample, double quantile, ulong seed)
    {
        var plain = ComponentGrid.Train(rows, sample, LargestOf(kind), quantile);
        if (metric == DistanceMetric.Manhattan)
        {
            return new(kind, metric, rows.Dim, plain, null, 0);
        }

        var rotatedLength = RotatedLength(rows.Dim);
        var rotation = new HadamardRotation(rotatedLength, seed);
        using var rotatedRows = new VectorRows("rotated sample", rotatedLength, (uint)sample.Length);
        var vector = new float[rotatedLength];
        var ordinals = new uint[sample.Length];
        for (uint i = 0; i < sample.Length; i++)
        {
            rows.Vector(sample[(int)i]).CopyTo(vector);
            vector.AsSpan(rows.Dim).Clear();
            fixed (float* components = vector)
            {
                rotation.Rotate(components, components);
            }

            rotatedRows.Write(i, vector);
            ordinals[i] = i;
        }

        var rotated = ComponentGrid.Train(rotatedRows, ordinals, LargestOf(kind), quantile);
        return rotated.Rounding < RotatedRoundingMax * plain.Rounding
            ? new(kind, metric, rows.Dim, rotated, rotation, seed)
            : new(kind, metric, rows.Dim, plain, null, 0);
    }

    public static GridQuantizer Load(ref StateReader reader)
    {
        var isRotated = reader.Int32();
        QuantizerStateException.ThrowUnless(isRotated is 0 or 1, "rotation", isRotated, 1);
        QuantizerStateException.ThrowUnless(isRotated == 0 || reader.Metric != DistanceMetric.Manhattan, "rotation", isRotated, 0);
        var seed = reader.UInt64();
        var length = isRotated == 1 ? RotatedLength(reader.Dim) : reader.Dim;
        var grid = ComponentGrid.Load(ref reader, length, LargestOf(reader.Kind));
        return new(reader.Kind, reader.Metric, reader.Dim, grid, isRotated == 1 ? new HadamardRotation(length, seed) : null, seed);
    }

    internal override TResult Use<TConsumer, TResult>(TConsumer consumer) =>
        CodeKernelPicker.Pick<AffineConsumer<TConsumer, TResult>, TResult>(distance, new(consumer));

    internal override void PrepareQuery(float* paddedQuery, byte* context)
    {
        if (rotation is null)
        {
            Prepare(paddedQuery, context);
            return;
        }

        var rented = ArrayPool<float>.Shared.Rent(length);
        fixed (float* rotated = rented)
        {
            Rotate(paddedQuery, rotated);
            Prepare(rotated, context);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    internal override void PrepareRow(byte* code, byte* context)
    {
        if (Metric == DistanceMetric.Dot)
        {
            var rented = ArrayPool<float>.Shared.Rent(length);
            fixed (float* components = rented)
            {
                DecodeComponents(code, components);
                Prepare(components, context);
            }

            ArrayPool<float>.Shared.Return(rented);
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
        if (rotation is null)
        {
            EncodeComponents(vector, code);
            return;
        }

        var rented = ArrayPool<float>.Shared.Rent(length);
        fixed (float* rotated = rented)
        {
            Rotate(vector, rotated);
            EncodeComponents(rotated, code);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <remarks>The query of an inner product has a scale of its own and is never moved to a border.</remarks>
    private protected override bool CoversComponents(float* vector)
    {
        if (Metric == DistanceMetric.Dot)
        {
            return true;
        }

        if (rotation is null)
        {
            return grid.Covers(vector);
        }

        var rented = ArrayPool<float>.Shared.Rent(length);
        fixed (float* rotated = rented)
        {
            Rotate(vector, rotated);
            var covers = grid.Covers(rotated);
            ArrayPool<float>.Shared.Return(rented);
            return covers;
        }
    }

    private protected override void DecodeTo(byte* code, float* vector)
    {
        if (rotation is null)
        {
            DecodeComponents(code, vector);
            return;
        }

        var rented = ArrayPool<float>.Shared.Rent(length);
        fixed (float* rotated = rented)
        {
            DecodeComponents(code, rotated);
            rotation.RotateBack(rotated);
            new ReadOnlySpan<float>(rotated, Dim).CopyTo(new Span<float>(vector, Dim));
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private protected override void SaveTo(StateWriter writer)
    {
        writer.Int32(rotation is null ? 0 : 1);
        writer.UInt64(seed);
        grid.Save(writer);
    }

    private static int PartsOf(QuantizerKind kind) => kind == QuantizerKind.Int4 ? 2 : 1;

    private static int LargestOf(QuantizerKind kind) => kind == QuantizerKind.Int4 ? 15 : 127;

    private static int RotatedLength(int dim) =>
        (dim + HadamardRotation.Granularity - 1) / HadamardRotation.Granularity * HadamardRotation.Granularity;

    private static int CodeBytesOf(QuantizerKind kind, int length) => CodeBlocks.PaddedLength((length + PartsOf(kind) - 1) / PartsOf(kind));

    private void Rotate(float* vector, float* rotated)
    {
        new ReadOnlySpan<float>(vector, Dim).CopyTo(new Span<float>(rotated, Dim));
        new Span<float>(rotated + Dim, length - Dim).Clear();
        rotation!.Rotate(rotated, rotated);
    }

    private void Prepare(float* components, byte* context)
    {
        var query = Begin(context);
        new Span<byte>(query->Components + length, (CodeBytes * parts) - length).Clear();
        if (Metric == DistanceMetric.Dot)
        {
            SignedQuery.Prepare(components, grid, query);
            return;
        }

        grid.Encode(components, query->Components, finer, QueryLargest);
        grid.Scale(Metric, finer, query);
    }

    private void EncodeComponents(float* components, byte* code)
    {
        if (parts == 1)
        {
            new Span<byte>(code + length, CodeBytes - length).Clear();
            grid.Encode(components, code, 1, grid.Steps);
            return;
        }

        var numbers = stackalloc byte[CodeBytes * parts];
        new Span<byte>(numbers + length, (CodeBytes * parts) - length).Clear();
        grid.Encode(components, numbers, 1, grid.Steps);
        PackedNumbers.Pack(numbers, CodeBytes, parts, code);
    }

    private void DecodeComponents(byte* code, float* components)
    {
        if (parts == 1)
        {
            grid.Decode(code, components);
            return;
        }

        var numbers = stackalloc byte[CodeBytes * parts];
        PackedNumbers.Unpack(code, CodeBytes, parts, numbers);
        grid.Decode(numbers, components);
    }

    private CodeQuery* Begin(byte* context)
    {
        var query = (CodeQuery*)context;
        query->Components = context + CodeQuery.HeadBytes;
        query->Length = (nuint)CodeBytes;
        return query;
    }
}
