using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>
/// Chooses the codes of a field whose schema leaves that open: the coarsest ones that cost no recall worth mentioning on a
/// sample of the vectors, or none.
/// </summary>
/// <remarks>
/// What codes resolve depends on the data: one component that is a million times larger than the others, or a tight crowd
/// and a few outliers, and all codes are alike. So each candidate is trained, and the sample's vectors are searched for
/// among each other, by code and exactly. A choice that is interrupted goes on where it was: while much is stored there is a
/// checkpoint every few seconds.
/// </remarks>
internal sealed class CodeChoice : IDisposable
{
    /// <summary>Codes are unfit when more candidates than this have to be scored again for each result.</summary>
    /// <remarks>
    /// Seven bits need 1.5 for descriptors of images and 2.2 for texts, four bits 1.5 for pixels: graphs on those are as good as
    /// on floats. Forty vectors scored again for ten results are some hundredths of the distances of a walk.
    /// </remarks>
    public const double OversamplingMax = 4;

    /// <summary>Neighbours that are sought.</summary>
    public const int Neighbours = 10;

    /// <summary>Fewer vectors say too little,</summary>
    private const int SampleMin = 256;

    /// <summary>and more than these only take longer.</summary>
    private const int SampleMax = 8_192;

    /// <summary>Bytes of vectors that are compared with each other.</summary>
    private const long SampleBytesMax = 48 << 20;

    private const int Queries = 256;

    /// <summary>The kinds that may be taken, the coarsest first.</summary>
    private static readonly QuantizerKind[] Kinds = [QuantizerKind.Int4, QuantizerKind.Int8];

    private readonly VectorFieldSchema _schema;
    private readonly VectorRows _rows;
    private readonly FlatScan _exact;
    private readonly uint[] _all;
    private readonly Queue<QuantizerKind> _untried;
    private CodeSpace? _codes;
    private OversamplingCalibration? _underway;
    private (Quantizer, double)? _chosen;

    /// <param name="schema">The field's.</param>
    /// <param name="rows">The vectors; those that are looked at are copied at once, and stay the same whatever is written later.</param>
    /// <param name="sample">Ordinals of live vectors, spread over all of them.</param>
    /// <param name="vectors">How many live vectors there are.</param>
    /// <param name="refused">Kinds that have turned out unfit before.</param>
    public CodeChoice(VectorFieldSchema schema, VectorRows rows, ReadOnlySpan<uint> sample, long vectors, IReadOnlySet<QuantizerKind> refused)
    {
        _schema = schema;
        Vectors = vectors;
        int count = (int)Math.Min(Math.Min(sample.Length, SampleMax), SampleBytesMax / rows.UsedBytes(1));
        _all = [.. Enumerable.Range(0, count).Select(i => (uint)i)];
        _untried = new Queue<QuantizerKind>(
            count < SampleMin ? [] : Kinds.Where(kind => IsPossible(schema.Quantization!, kind) && !refused.Contains(kind)));
        _rows = new VectorRows("sample", schema.Dim, (uint)Math.Max(1, count));
        foreach (uint row in _all)
        {
            _rows.Write(row, rows.Vector(sample[(int)((long)row * sample.Length / count)]));
        }

        _exact = new FlatScan(new FloatSpace(_rows, schema.Metric));
    }

    /// <summary>How many vectors there were when the sample was taken.</summary>
    public long Vectors { get; }

    /// <summary>Whether a quantizer may have been chosen for a schema.</summary>
    public static bool IsPossible(QuantizationSchema wanted, QuantizerKind kind) => Kinds.Contains(kind) && IsAtLeastAsFine(kind, wanted.Kind);

    /// <summary>Trains the coarsest codes that are fit.</summary>
    /// <param name="cancellation">
    /// Looked at every few milliseconds, but while codes are trained: that takes some tenths of a second. The next call goes on.
    /// </param>
    /// <returns>What was trained, and how many candidates it needs for each result; null when none is fit.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public (Quantizer Quantizer, double Oversampling)? Decide(CancellationToken cancellation)
    {
        while (_chosen is null && _untried.TryPeek(out QuantizerKind kind))
        {
            cancellation.ThrowIfCancellationRequested();
            _codes ??= Encode(kind);
            double oversampling = Oversampling(_codes, cancellation);
            _chosen = oversampling <= OversamplingMax ? (_codes.Quantizer, oversampling) : null;
            _untried.Dequeue();
            _codes.Dispose();
            _codes = null;
            _underway = null;
        }

        return _chosen;
    }

    public void Dispose()
    {
        _codes?.Dispose();
        _rows.Dispose();
    }

    private static bool IsAtLeastAsFine(QuantizerKind kind, QuantizerKind other) => Array.IndexOf(Kinds, kind) >= Array.IndexOf(Kinds, other);

    private CodeSpace Encode(QuantizerKind kind)
    {
        CodeSpace codes = new("sample codes", Quantizer.Train(new QuantizerOptions(kind), _schema.Metric, _rows, _all), (uint)_all.Length);
        try
        {
            foreach (uint row in _all)
            {
                codes.Encode(row, _rows.Vector(row));
            }

            return codes;
        }
        catch
        {
            codes.Dispose();
            throw;
        }
    }

    private double Oversampling(CodeSpace codes, CancellationToken cancellation)
    {
        OversamplingCalibration underway = _underway ??= new OversamplingCalibration(Neighbours);
        FlatScan byCode = new(codes);
        int wanted = Math.Min(Queries, _all.Length);
        while (underway.Queries < wanted)
        {
            int next = Math.Min(OversamplingCalibration.QueriesAtOnce, wanted - underway.Queries);
            uint[] queries = [.. Enumerable.Range(underway.Queries, next).Select(i => _all[(int)((long)i * _all.Length / wanted)])];
            underway.Measure(_exact, byCode, _rows, queries, (uint)_all.Length, default(AdmitAll), cancellation);
        }

        return underway.Factor(_schema.Quantization!.TargetRecall);
    }
}
