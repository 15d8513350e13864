using System.Buffers;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>The codes of one field's vectors: trained from them, one for each ordinal in the index, and what a search gains by them.</summary>
/// <remarks>Kept with the index that looks at them: both are caches of the vectors and are built together.</remarks>
internal sealed class FieldCodes : IDisposable
{
    /// <summary>Results whose codes' errors are looked at, at most.</summary>
    private const int ErrorSampleMax = 16;

    /// <summary>How many times their root mean square the last candidate has to be farther than the last result.</summary>
    private const double ErrorMargin = 1.5;

    private readonly FloatSpace _floats;
    private readonly FlatScan _exact;
    private readonly FlatScan _byCode;
    private readonly bool _isOnDisk;
    private readonly string _name;
    private readonly string _factorName;

    private FieldCodes(VectorFieldSchema schema, FloatSpace floats, Quantizer quantizer, uint pointsMax)
    {
        _floats = floats;
        _exact = new FlatScan(floats);
        _isOnDisk = schema.OnDisk;
        _name = NameOf(schema);
        _factorName = FactorNameOf(schema);
        Space = new CodeSpace(_name, quantizer, pointsMax);
        _byCode = new FlatScan(Space);
        Oversampling = new OversamplingFactor(quantizer.Kind);
    }

    public CodeSpace Space { get; }

    /// <summary>Candidates that are scored again for each result.</summary>
    public OversamplingFactor Oversampling { get; }

    /// <summary>What a checkpoint stores besides the codes.</summary>
    public IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> States
        => [new(_name, Space.Quantizer.Save()), new(_factorName, Oversampling.Save())];

    public static FieldCodes Train(VectorFieldSchema schema, FloatSpace floats, ReadOnlySpan<uint> sample, uint pointsMax)
    {
        QuantizationSchema wanted = schema.Quantization!;
        QuantizerOptions options = new(wanted.Kind)
        {
            Quantile = wanted.Quantile,
            Subvectors = wanted.Subvectors,
        };
        return Of(schema, floats, Quantizer.Train(options, schema.Metric, floats.Rows, sample), pointsMax);
    }

    /// <summary>Codes by a quantizer that has been trained.</summary>
    public static FieldCodes Of(VectorFieldSchema schema, FloatSpace floats, Quantizer quantizer, uint pointsMax)
        => new(schema, floats, quantizer, pointsMax);

    /// <returns>Null when there is no state, or it is not what the schema asks for.</returns>
    public static FieldCodes? Restore(
        VectorFieldSchema schema, FloatSpace floats, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states, uint pointsMax)
    {
        if (!states.TryGetValue(NameOf(schema), out ReadOnlyMemory<byte> saved))
        {
            return null;
        }

        try
        {
            Quantizer quantizer = Quantizer.Load(saved.Span);
            QuantizationSchema wanted = schema.Quantization!;
            bool fits = wanted.IsDefault ? CodeChoice.IsPossible(wanted, quantizer.Kind) : quantizer.Kind == wanted.Kind;
            if (!fits || quantizer.Metric != schema.Metric || quantizer.Dim != schema.Dim)
            {
                return null;
            }

            FieldCodes codes = new(schema, floats, quantizer, pointsMax);
            if (states.TryGetValue(FactorNameOf(schema), out ReadOnlyMemory<byte> factor))
            {
                codes.Oversampling.Restore(factor.Span);
            }

            return codes;
        }
        catch (QuantizerStateException)
        {
            return null;
        }
    }

    /// <summary>What a checkpoint stores of the codes below an ordinal.</summary>
    public RegionPart Part(uint end) => new(_name, Space.Region, Space.UsedBytes(end), RegionCopying.WhileIndexingPaused);

    public void Encode(uint ordinal) => Space.Encode(ordinal, _floats.Rows.Vector(ordinal));

    /// <summary>How many candidates codes have to find for so many results.</summary>
    /// <param name="k">Results wanted.</param>
    /// <param name="oversampling">Candidates for each result.</param>
    public static int Candidates(int k, float oversampling)
        => (int)Math.Min(int.MaxValue, Math.Ceiling(k * Math.Max(1.0, oversampling)));

    /// <summary>Measures, a little further, how many candidates are needed. The caller is inside the gate.</summary>
    public void Calibrate(VectorIndex index, float target, CancellationToken cancellation)
    {
        uint end = OversamplingFactor.End(index.OrdinalsEnd, _floats.Rows, _isOnDisk);
        Oversampling.Advance(
            index,
            _floats.Rows,
            end,
            target,
            (underway, queries, indexed, token) => underway.Measure(_exact, _byCode, _floats.Rows, queries, end, indexed, token),
            cancellation);
    }

    /// <summary>The nearest of the given ordinals by their codes, nearest first.</summary>
    /// <param name="query">The components; normalised for cosine.</param>
    /// <param name="ordinals">Each at most once.</param>
    /// <param name="filter">Which of them may be found: none that has no code.</param>
    /// <param name="found">Receives them, as many as there is room for.</param>
    /// <param name="cancellation">Looked at every few hundred rows.</param>
    /// <returns>How many there are.</returns>
    public int Scan<TFilter>(
        ReadOnlySpan<float> query, ReadOnlySpan<uint> ordinals, TFilter filter, Span<Candidate> found, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter
        => _byCode.Search(query, ordinals, found.Length, filter, found, cancellation);

    /// <summary>Orders what codes have found by the vectors themselves.</summary>
    /// <param name="exact">Scans the vectors.</param>
    /// <param name="query">The components; normalised for cosine.</param>
    /// <param name="found">What codes have found.</param>
    /// <param name="results">Receives the nearest of them.</param>
    /// <param name="cancellation">Looked at every few hundred rows.</param>
    /// <returns>How many there are.</returns>
    public static int Rescore(
        FlatScan exact, ReadOnlySpan<float> query, ReadOnlySpan<Candidate> found, Span<Candidate> results, CancellationToken cancellation)
    {
        uint[] ordinals = ArrayPool<uint>.Shared.Rent(found.Length);
        try
        {
            for (int i = 0; i < found.Length; i++)
            {
                ordinals[i] = found[i].Ordinal;
            }

            return exact.Search(
                query, ordinals.AsSpan(0, found.Length), Math.Min(results.Length, found.Length), default(AdmitAll), results, cancellation);
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(ordinals);
        }
    }

    /// <summary>How many candidates codes have to find for so many results; by the measured factor unless the query brings its own.</summary>
    public int Candidates(int k, float? oversampling) => Candidates(k, oversampling ?? Oversampling.Value);

    /// <inheritdoc cref="Rescore(FlatScan, ReadOnlySpan{float}, ReadOnlySpan{Candidate}, Span{Candidate}, CancellationToken)"/>
    public int Rescore(ReadOnlySpan<float> query, ReadOnlySpan<Candidate> found, Span<Candidate> results, CancellationToken cancellation)
        => Rescore(_exact, query, found, results, cancellation);

    /// <summary>
    /// Whether what was not scored again may be nearer than what is returned: by its code the last candidate is hardly farther, as
    /// codes err. So it is when a filter leaves only what lies far from the query, all at about the same distance, which codes do
    /// not resolve; the measured factor is that of nearest neighbours.
    /// </summary>
    /// <param name="found">What codes have found, nearest first.</param>
    /// <param name="results">What came of it.</param>
    public bool MayHideNearer(ReadOnlySpan<Candidate> found, ReadOnlySpan<Candidate> results)
    {
        if (Space.Quantizer.Kind is not (QuantizerKind.Int8 or QuantizerKind.Int4) || results.IsEmpty)
        {
            return false;
        }

        int compared = Math.Min(results.Length, ErrorSampleMax);
        double squares = 0;
        foreach (Candidate result in results[..compared])
        {
            foreach (Candidate candidate in found)
            {
                if (candidate.Ordinal == result.Ordinal)
                {
                    double error = candidate.Distance - result.Distance;
                    squares += error * error;
                    break;
                }
            }
        }

        return found[^1].Distance < results[^1].Distance + (ErrorMargin * Math.Sqrt(squares / compared));
    }

    public void Dispose() => Space.Dispose();

    private static string NameOf(VectorFieldSchema schema) => $"codes-{schema.Number}";

    private static string FactorNameOf(VectorFieldSchema schema) => $"oversampling-{schema.Number}";
}
