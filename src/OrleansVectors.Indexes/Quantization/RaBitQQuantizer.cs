using System.Buffers;
using System.Runtime.Intrinsics;
using OrleansVectors.Indexes.Rotations;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>
/// The difference of a vector from the sample's mean, randomly rotated, each component one, two or four bits; a factor
/// for each vector makes products with a query unbiased (Gao and Long, "RaBitQ", 2024, section 3; with more bits their
/// "Practical and asymptotically optimal quantization", 2024).
/// </summary>
/// <remarks>
/// A number u stands for v = u - (2^bits - 1) / 2. With r the rotated difference, the product of r with a rotated query is
/// estimated by <c>v * q * |r|^2 / (v * r)</c>. The rotation makes components nearly Gaussian, so the step is the best
/// one for that and is not searched for each vector. Queries are signed bytes on a scale of their own: as precise as
/// float tables where codes have a few bits, and the same kernel serves all three widths.
/// A stored vector as a query is its projection on v, so that it is at distance zero of itself.
/// </remarks>
internal sealed unsafe class RaBitQQuantizer : Quantizer
{
    /// <summary>Keeps the squared length of a mean of 65,536 components within the range of float32.</summary>
    private const float MeanMax = 1e15f;

    private readonly HadamardRotation rotation;
    private readonly ulong seed;
    private readonly float[] mean;
    private readonly float meanSquare;
    private readonly int rotated;
    private readonly int bits;
    private readonly int numberBytes;
    private readonly (int At, int Length)[] runs;

    private RaBitQQuantizer(QuantizerKind kind, DistanceMetric metric, float[] mean, ulong seed)
        : base(kind, metric, mean.Length, CodeBytesOf(kind, mean.Length), CodeBlocks.PaddedLength(NumberBytesOf(kind, mean.Length)) * (8 / BitsOf(kind)))
    {
        this.mean = mean;
        this.seed = seed;
        bits = BitsOf(kind);
        rotated = RotatedLength(kind, mean.Length);
        numberBytes = NumberBytesOf(kind, mean.Length);
        runs = FindRuns();
        rotation = new HadamardRotation(rotated, seed);
        meanSquare = Finite(-(double)VectorDistance.Between(DistanceMetric.Dot, mean, mean));
    }

    private int Parts => 8 / bits;

    /// <summary>Half the largest number: what is subtracted from each.</summary>
    private float Middle => ((1 << bits) - 1) / 2f;

    public static RaBitQQuantizer Train(QuantizerKind kind, DistanceMetric metric, VectorRows rows, ReadOnlySpan<uint> sample, ulong seed)
    {
        var sums = new double[rows.Dim];
        foreach (var ordinal in sample)
        {
            var row = rows.Row(ordinal);
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += row[i];
            }
        }

        var count = sample.Length;
        return new(kind, metric, Array.ConvertAll(sums, sum => (float)Math.Clamp(sum / count, -MeanMax, MeanMax)), seed);
    }

    public static RaBitQQuantizer Load(ref StateReader reader)
    {
        var seed = reader.UInt64();
        var mean = new float[reader.Dim];
        reader.Floats("mean", mean, MeanMax);
        return new(reader.Kind, reader.Metric, mean, seed);
    }

    internal override TResult Use<TConsumer, TResult>(TConsumer consumer) =>
        CodeKernelPicker.Pick<FactoredConsumer<TConsumer, TResult>, TResult>(
            bits switch { 1 => CodeDistance.BitDot, 2 => CodeDistance.CrumbDot, _ => CodeDistance.NibbleDot }, new(consumer));

    internal override void PrepareQuery(float* paddedQuery, byte* context)
    {
        var query = Begin(context);
        var rented = ArrayPool<float>.Shared.Rent(rotated);
        fixed (float* difference = rented)
        {
            var square = Rotate(paddedQuery, difference);
            var numbers = stackalloc byte[rotated];
            query->Scale = SignedQuery.Encode(difference, rotated, numbers);
            Spread(numbers, query->Components);
            query->Offset = Metric switch
            {
                DistanceMetric.Euclidean => Finite(square),
                DistanceMetric.Cosine => Finite((square / 2) - 1),
                _ => Finite(VectorDistance.Between(DistanceMetric.Dot, new ReadOnlySpan<float>(paddedQuery, Dim), mean)),
            };
        }

        ArrayPool<float>.Shared.Return(rented);
        query->Shift = -Middle * query->Scale * SumOfComponents(query);
    }

    internal override void PrepareRow(byte* code, byte* context)
    {
        var query = Begin(context);
        PackedNumbers.Unpack(code, (int)query->Length, Parts, query->Components);
        // Twice v is a whole number; what lies behind the numbers of the last block is not one of them and stays zero.
        var largest = (1 << bits) - 1;
        foreach (var (at, length) in runs)
        {
            for (var i = at; i < at + length; i++)
            {
                query->Components[i] = (byte)(sbyte)((2 * query->Components[i]) - largest);
            }

            new Span<byte>(query->Components + at + length, CodeBlocks.Bytes - length).Clear();
        }

        var factors = (RaBitQFactors*)(code + numberBytes);
        query->Scale = factors->Length / 2;
        query->Shift = -Middle * query->Scale * SumOfComponents(query);
        query->Offset = Metric switch
        {
            DistanceMetric.Euclidean => factors->Own,
            DistanceMetric.Cosine => factors->Own - 1,
            _ => factors->Own - meanSquare,
        };
    }

    private protected override void EncodeTo(float* vector, byte* code)
    {
        var rented = ArrayPool<float>.Shared.Rent(rotated);
        fixed (float* difference = rented)
        {
            var square = Rotate(vector, difference);
            var numbers = stackalloc byte[rotated];
            var (product, size) = Number(difference, square, numbers);
            var spread = stackalloc byte[ContextBytes - CodeQuery.HeadBytes];
            new Span<byte>(spread, ContextBytes - CodeQuery.HeadBytes).Clear();
            Spread(numbers, spread);
            new Span<byte>(code, CodeBytes).Clear();
            PackedNumbers.Pack(spread, CodeBlocks.PaddedLength(numberBytes), Parts, code);
            var toProduct = product > 0 ? square / product : 0;
            *(RaBitQFactors*)(code + numberBytes) = new RaBitQFactors(
                Metric switch
                {
                    DistanceMetric.Euclidean => Finite(square),
                    DistanceMetric.Cosine => Finite(square / 2),
                    _ => Finite(ProductWithMean(vector)),
                },
                Finite(Metric == DistanceMetric.Euclidean ? -2 * toProduct : -toProduct),
                Finite(product / size));
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private protected override void DecodeTo(byte* code, float* vector)
    {
        var length = CodeBlocks.PaddedLength(numberBytes);
        var numbers = stackalloc byte[length * Parts];
        PackedNumbers.Unpack(code, length, Parts, numbers);
        var factors = (RaBitQFactors*)(code + numberBytes);
        var rented = ArrayPool<float>.Shared.Rent(rotated);
        fixed (float* difference = rented)
        {
            var next = 0;
            foreach (var (at, count) in runs)
            {
                for (var i = at; i < at + count; i++)
                {
                    difference[next++] = (numbers[i] - Middle) * factors->Length;
                }
            }

            rotation.RotateBack(difference);
            for (var i = 0; i < Dim; i++)
            {
                vector[i] = difference[i] + mean[i];
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private protected override void SaveTo(StateWriter writer)
    {
        writer.UInt64(seed);
        writer.Floats(mean);
    }

    private static int BitsOf(QuantizerKind kind) => kind switch
    {
        QuantizerKind.RaBitQ1 => 1,
        QuantizerKind.RaBitQ2 => 2,
        _ => 4,
    };

    /// <summary>Whole registers for the rotation, and numbers that fill whole words, so that the factors behind them are aligned.</summary>
    private static int RotatedLength(QuantizerKind kind, int dim)
    {
        var step = Math.Max(HadamardRotation.Granularity, 8 * sizeof(float) / BitsOf(kind));
        return (dim + step - 1) / step * step;
    }

    private static int NumberBytesOf(QuantizerKind kind, int dim) => RotatedLength(kind, dim) * BitsOf(kind) / 8;

    private static int CodeBytesOf(QuantizerKind kind, int dim) => CodeBlocks.PaddedLength(NumberBytesOf(kind, dim) + sizeof(RaBitQFactors));

    /// <summary>The best step of an even number of equal steps for a Gaussian of deviation 1 (Max, "Quantizing for minimum distortion", 1960).</summary>
    private static float StepOf(int bits) => bits switch
    {
        1 => 1.596f,
        2 => 0.9957f,
        _ => 0.3352f,
    };

    private static float Finite(double value) => (float)Math.Clamp(value, -float.MaxValue / 4, float.MaxValue / 4);

    /// <summary>The rotated difference from the mean.</summary>
    /// <returns>Its squared length.</returns>
    private double Rotate(float* vector, float* difference)
    {
        double square = 0;
        for (var i = 0; i < Dim; i++)
        {
            difference[i] = vector[i] - mean[i];
            square += (double)difference[i] * difference[i];
        }

        new Span<float>(difference + Dim, rotated - Dim).Clear();
        rotation.Rotate(difference, difference);
        return square;
    }

    /// <summary>The number of each component.</summary>
    /// <returns>The product of the numbers' values with the components, and their squared length.</returns>
    private (double Product, double Size) Number(float* difference, double square, byte* numbers)
    {
        var deviation = Math.Sqrt(square / rotated);
        var factor = deviation > 0 ? (float)Math.Min(1 / (deviation * StepOf(bits)), float.MaxValue) : 0;
        var half = 1 << (bits - 1);
        double product = 0, size = 0;
        for (var i = 0; i < rotated; i++)
        {
            var number = (int)Math.Clamp(MathF.Floor(difference[i] * factor) + half, 0, (1 << bits) - 1);
            numbers[i] = (byte)number;
            var value = number - Middle;
            product += (double)value * difference[i];
            size += value * value;
        }

        return (product, size);
    }

    /// <summary>Minus the product of the difference from the mean with the mean.</summary>
    private double ProductWithMean(float* vector)
    {
        double product = 0;
        for (var i = 0; i < Dim; i++)
        {
            product -= ((double)vector[i] - mean[i]) * mean[i];
        }

        return product;
    }

    /// <summary>Where runs of consecutive components lie among a query's bytes: the parts of each block, the last one shorter.</summary>
    private (int At, int Length)[] FindRuns()
    {
        var found = new List<(int At, int Length)>();
        for (var first = 0; first < numberBytes; first += CodeBlocks.Bytes)
        {
            for (var part = 0; part < Parts; part++)
            {
                found.Add(((first * Parts) + (part * CodeBlocks.Bytes), Math.Min(CodeBlocks.Bytes, numberBytes - first)));
            }
        }

        return [.. found];
    }

    private void Spread(byte* numbers, byte* spread)
    {
        var next = 0;
        foreach (var (at, length) in runs)
        {
            new ReadOnlySpan<byte>(numbers + next, length).CopyTo(new Span<byte>(spread + at, length));
            next += length;
        }
    }

    private CodeQuery* Begin(byte* context)
    {
        var query = (CodeQuery*)context;
        query->Components = context + CodeQuery.HeadBytes;
        query->Length = (nuint)CodeBlocks.PaddedLength(numberBytes);
        query->FactorsAt = (uint)numberBytes;
        new Span<byte>(query->Components, ContextBytes - CodeQuery.HeadBytes).Clear();
        return query;
    }

    private int SumOfComponents(CodeQuery* query)
    {
        var sums = Vector128<int>.Zero;
        for (var i = 0; i < ContextBytes - CodeQuery.HeadBytes; i += Vector128<sbyte>.Count)
        {
            var (low, high) = Vector128.Widen(Vector128.Load((sbyte*)query->Components + i));
            var (first, second) = Vector128.Widen(low + high);
            sums += first + second;
        }

        return Vector128.Sum(sums);
    }

    private readonly struct FactoredConsumer<TConsumer, TResult>(TConsumer consumer) : ICodeKernelConsumer<TResult>
        where TConsumer : struct, ICodeScoringConsumer<TResult>
    {
        public TResult Use<TKernel>()
            where TKernel : struct, ICodeKernel =>
            consumer.Use<FactoredScoring<TKernel>>();
    }
}
