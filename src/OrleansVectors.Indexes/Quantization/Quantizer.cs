using OrleansVectors.Indexes.Rotations;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>
/// Makes vectors into short codes and approximates distances from them, on the metric's own scale. Trained once from a
/// sample, immutable afterwards: any number of threads may use it.
/// </summary>
public abstract unsafe class Quantizer
{
    /// <summary>The most components of a vector.</summary>
    public const int DimMax = 65_536;

    /// <summary>The most components of a vector of <see cref="QuantizerKind.RotatedProduct"/>.</summary>
    public const int RotatedDimMax = LearnedRotation.DimMax;

    private const int SampleRowsMax = 16_384;
    private const long SampleFloatsMax = 16 << 20;
    private const int SampleRowsMin = 64;

    /// <summary>With fewer components every direction is near some of the data.</summary>
    private const int InPlaceOfZeroDimMin = 16;

    /// <summary>See <see cref="InPlaceOfZero"/>; null where a vector of zeros is encoded as it is.</summary>
    private readonly float[]? inPlaceOfZero;

    private protected Quantizer(QuantizerKind kind, DistanceMetric metric, int dim, int codeBytes, int componentBytes)
    {
        Kind = kind;
        Metric = metric;
        Dim = dim;
        CodeBytes = codeBytes;
        ContextBytes = CodeQuery.HeadBytes + componentBytes;
        inPlaceOfZero = metric == DistanceMetric.Cosine && kind != QuantizerKind.BFloat16 && dim >= InPlaceOfZeroDimMin ? InPlaceOfZero(dim) : null;
    }

    /// <summary>How vectors are made into codes.</summary>
    public QuantizerKind Kind { get; }

    /// <summary>What the distances approximate.</summary>
    public DistanceMetric Metric { get; }

    /// <summary>Components of a vector.</summary>
    public int Dim { get; }

    /// <summary>Bytes of a code, a multiple of 64.</summary>
    public int CodeBytes { get; }

    /// <summary>Whether distances from codes are those of the vectors, so that there is nothing to score again.</summary>
    public bool IsExact => Kind == QuantizerKind.Bits;

    /// <summary>Bytes that a prepared query takes, on a 64-byte boundary.</summary>
    internal int ContextBytes { get; }

    /// <summary>Whether codes of a kind can approximate a metric.</summary>
    public static bool Supports(QuantizerKind kind, DistanceMetric metric, int dim) =>
        Enum.IsDefined(metric) && dim is > 0 and <= DimMax && kind switch
        {
            // Zeros and ones need nothing but their bits, and bits say nothing of other numbers.
            QuantizerKind.Bits => metric == DistanceMetric.Hamming,
            _ when metric == DistanceMetric.Hamming => false,
            QuantizerKind.RotatedProduct => metric != DistanceMetric.Manhattan && dim <= LearnedRotation.DimMax,
            QuantizerKind.BFloat16 or QuantizerKind.Int8 or QuantizerKind.Int4 or QuantizerKind.Product => true,
            // A rotation keeps lengths and products, not sums of absolute differences.
            QuantizerKind.RaBitQ1 or QuantizerKind.RaBitQ2 or QuantizerKind.RaBitQ4 => metric != DistanceMetric.Manhattan,
            _ => false,
        };

    /// <summary>How many rows a good sample has; more change nothing that can be measured.</summary>
    public static int SampleRows(int dim) => (int)Math.Clamp(SampleFloatsMax / dim, SampleRowsMin, SampleRowsMax);

    /// <summary>Trains a quantizer.</summary>
    /// <param name="options">The kind and its parameters.</param>
    /// <param name="metric">What the distances are to approximate.</param>
    /// <param name="rows">Vectors; of length 1 for cosine.</param>
    /// <param name="sample">Which of them to learn from, at least one; see <see cref="SampleRows"/>.</param>
    /// <exception cref="QuantizerUnsupportedException">The kind cannot approximate the metric.</exception>
    /// <exception cref="ArgumentException">The sample is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static Quantizer Train(QuantizerOptions options, DistanceMetric metric, VectorRows rows, ReadOnlySpan<uint> sample)
    {
        if (!Supports(options.Kind, metric, rows.Dim))
        {
            throw new QuantizerUnsupportedException(options.Kind, metric, rows.Dim);
        }

        if (sample.IsEmpty)
        {
            throw new ArgumentException("a quantizer learns from at least one row", nameof(sample));
        }

        var quantile = options.Quantile ?? (options.Kind == QuantizerKind.Int4 ? 0.99 : 0.999);
        if (!(quantile is >= 0.5 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(options), quantile, "the quantile is 0.5 to 1");
        }

        return options.Kind switch
        {
            QuantizerKind.BFloat16 => new BFloat16Quantizer(metric, rows.Dim),
            QuantizerKind.Int8 or QuantizerKind.Int4 => GridQuantizer.Train(options.Kind, metric, rows, sample, quantile, options.Seed),
            QuantizerKind.RaBitQ1 or QuantizerKind.RaBitQ2 or QuantizerKind.RaBitQ4 =>
                RaBitQQuantizer.Train(options.Kind, metric, rows, sample, options.Seed),
            QuantizerKind.Product or QuantizerKind.RotatedProduct =>
                ProductQuantizer.Train(options.Kind, metric, rows, sample, options.Subvectors, options.Seed),
            QuantizerKind.Bits => new BitQuantizer(rows.Dim),
            _ => throw new QuantizerUnsupportedException(options.Kind, metric, rows.Dim),
        };
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="QuantizerStateException">The bytes are not the parameters of a quantizer.</exception>
    public static Quantizer Load(ReadOnlySpan<byte> bytes)
    {
        var reader = new StateReader(bytes);
        Quantizer quantizer = reader.Kind switch
        {
            QuantizerKind.BFloat16 => new BFloat16Quantizer(reader.Metric, reader.Dim),
            QuantizerKind.Int8 or QuantizerKind.Int4 => GridQuantizer.Load(ref reader),
            QuantizerKind.RaBitQ1 or QuantizerKind.RaBitQ2 or QuantizerKind.RaBitQ4 => RaBitQQuantizer.Load(ref reader),
            QuantizerKind.Product or QuantizerKind.RotatedProduct => ProductQuantizer.Load(ref reader),
            QuantizerKind.Bits => new BitQuantizer(reader.Dim),
            _ => throw new QuantizerStateException("kind", (double)reader.Kind, (double)QuantizerKind.RotatedProduct),
        };
        reader.End();
        return quantizer;
    }

    /// <summary>The trained parameters as bytes.</summary>
    public byte[] Save()
    {
        var writer = new StateWriter(Kind, Metric, Dim);
        SaveTo(writer);
        return writer.ToBytes();
    }

    /// <summary>Makes the code of a vector; of length 1 for cosine, or zero.</summary>
    /// <exception cref="ArgumentException">The vector has not <see cref="Dim"/> components, or the code not <see cref="CodeBytes"/> bytes.</exception>
    public void Encode(ReadOnlySpan<float> vector, Span<byte> code)
    {
        CheckLengths(vector.Length, code.Length);
        var encoded = inPlaceOfZero is not null && !vector.ContainsAnyExcept(0f) ? inPlaceOfZero : vector;
        fixed (float* components = encoded)
        fixed (byte* bytes = code)
        {
            EncodeTo(components, bytes);
        }
    }

    /// <summary>The vector that a code stands for.</summary>
    /// <exception cref="ArgumentException">The vector has not <see cref="Dim"/> components, or the code not <see cref="CodeBytes"/> bytes.</exception>
    public void Decode(ReadOnlySpan<byte> code, Span<float> vector)
    {
        CheckLengths(vector.Length, code.Length);
        fixed (float* components = vector)
        fixed (byte* bytes = code)
        {
            DecodeTo(bytes, components);
        }
    }

    /// <summary>
    /// Whether a vector lies where codes can say something about it; far outside of what was trained on, what is near and
    /// what is not may look alike.
    /// </summary>
    /// <param name="vector">The components; normalised for cosine.</param>
    /// <exception cref="ArgumentException">The vector has not <see cref="Dim"/> components.</exception>
    public bool Covers(ReadOnlySpan<float> vector)
    {
        CheckLengths(vector.Length, CodeBytes);
        fixed (float* components = vector)
        {
            return CoversComponents(components);
        }
    }

    /// <summary>Runs <paramref name="consumer"/> with the scoring of these codes.</summary>
    internal abstract TResult Use<TConsumer, TResult>(TConsumer consumer)
        where TConsumer : struct, ICodeScoringConsumer<TResult>;

    /// <summary>Writes a query's <see cref="CodeQuery"/> and components to <paramref name="context"/>.</summary>
    /// <param name="paddedQuery">The components, zero padded to whole blocks of 16 floats, on a 64-byte boundary.</param>
    /// <param name="context"><see cref="ContextBytes"/> on a 64-byte boundary.</param>
    internal abstract void PrepareQuery(float* paddedQuery, byte* context);

    /// <summary>As <see cref="PrepareQuery"/>, for a query that is a stored code; the code must outlive the context's use.</summary>
    internal abstract void PrepareRow(byte* code, byte* context);

    /// <summary>Writes all of a code. The components have no padding and any alignment.</summary>
    private protected abstract void EncodeTo(float* vector, byte* code);

    private protected virtual bool CoversComponents(float* vector) => true;

    private protected abstract void DecodeTo(byte* code, float* vector);

    private protected abstract void SaveTo(StateWriter writer);

    /// <summary>
    /// What is encoded for a vector of zeros under cosine. Its similarity to everything is 0, but all kinds except bfloat16 take a
    /// cosine from the squared difference of vectors of length 1, by which it would be 0.5: a graph links everything to such a node, and the node
    /// hides everything else. A direction that no data prefer is about as far from all as zero is.
    /// </summary>
    private static float[] InPlaceOfZero(int dim)
    {
        var random = new SeededRandom(0);
        var size = (float)(1 / Math.Sqrt(dim));
        var direction = new float[dim];
        for (var i = 0; i < dim; i++)
        {
            direction[i] = (long)random.Next() < 0 ? -size : size;
        }

        return direction;
    }

    private void CheckLengths(int components, int bytes)
    {
        if (components != Dim)
        {
            throw new ArgumentException($"the vector has {components} components, the quantizer is of {Dim}");
        }

        if (bytes != CodeBytes)
        {
            throw new ArgumentException($"the code has {bytes} bytes, the quantizer's have {CodeBytes}");
        }
    }
}
