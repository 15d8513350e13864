using System.Buffers;
using System.Diagnostics;
using OrleansVectors.Indexes;
using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Ivf;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Statistics;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>
/// An inverted file as a field's index; where the schema asks for codes, its lists hold those. How many lists a search looks
/// into, where nobody says it, and how many candidates are scored again, is measured.
/// </summary>
/// <remarks>States besides the lists': <c>oversampling-n</c>, see OversamplingFactor, and <c>probes-n</c>, see ChangeMeter.</remarks>
internal sealed class InvertedIndex : VectorIndex
{
    /// <summary>Components that a slice of measuring lists compares: some ten milliseconds.</summary>
    private const long ProbeSliceComponents = 32_000_000;

    private readonly VectorFieldSchema _schema;
    private readonly FloatSpace _floats;
    private readonly FlatScan _exact;
    private readonly ChangeMeter _probes = new();
    private readonly IvfIndex _ivf;
    private readonly string _state;
    private readonly OversamplingFactor _oversampling;

    public InvertedIndex(VectorFieldSchema schema, FloatSpace floats, uint pointsMax, ReaderGate gate)
        : base(schema.Number, pointsMax)
    {
        _schema = schema;
        _floats = floats;
        _exact = new FlatScan(floats);
        _state = $"lists-{schema.Number}";
        _oversampling = new OversamplingFactor(schema.Quantization?.Kind ?? QuantizerKind.BFloat16);
        IvfOptions options = new()
        {
            Lists = schema.Ivf.Lists,
            Codes = schema.Quantization?.Kind,
            Subvectors = schema.Quantization?.Subvectors ?? 0,
            Seed = schema.Number,
        };
        _ivf = new IvfIndex(floats, options, pointsMax, gate);
    }

    public override long Count => _ivf.Count;

    public override bool IsPrepared => _ivf.IsTrained;

    public override bool IsOutgrown => _ivf.NeedsRetraining;

    public override ServingIndex Serving
        => _schema.Quantization is { } codes
            ? new ServingIndex(VectorIndexKind.Ivf, codes.Kind, _oversampling.Value)
            : new ServingIndex(VectorIndexKind.Ivf);

    public override IndexBytes Bytes => IsPrepared ? new IndexBytes(Lists: _ivf.Regions.Sum(part => part.UsedBytes)) : default;

    public override IReadOnlyList<RegionPart> Parts
        => IsPrepared
            ? [.. _ivf.Regions.Select(part => new RegionPart($"{_state}-{part.Name}", part.Region, part.UsedBytes, RegionCopying.WhileIndexingPaused))]
            : [];

    public override IReadOnlyDictionary<string, ReadOnlyMemory<byte>> States
        => IsPrepared
            ? new Dictionary<string, ReadOnlyMemory<byte>>
            {
                [_state] = _ivf.SaveState(),
                [FactorState] = _oversampling.Save(),
                [ProbesState] = SaveProbes(),
            }
            : new Dictionary<string, ReadOnlyMemory<byte>>();

    public override void Prepare(ReadOnlySpan<uint> sample, long vectors, CancellationToken cancellation)
        => _ivf.Train(sample, parallelism: 1, cancellation);

    private string FactorState => $"oversampling-{_schema.Number}";

    private string ProbesState => $"probes-{_schema.Number}";

    private bool MeasuresProbes => _schema.Ivf.NProbe == 0;

    public override bool IsCalibrationDue(float target)
        => IsPrepared && ((MeasuresProbes && _probes.IsDue(this, target)) || (_schema.Quantization is not null && _oversampling.IsDue(this, target)));

    public override void Calibrate(float target, CancellationToken cancellation)
    {
        if (MeasuresProbes && _probes.IsDue(this, target))
        {
            long samples = Math.Max(1, ProbeSliceComponents / Math.Max(1, Count * _schema.Dim));
            if (_ivf.AdvanceCalibration(target, CodeChoice.Neighbours, (int)Math.Min(int.MaxValue, samples), cancellation))
            {
                _probes.Note(this, target);
            }

            return;
        }

        uint end = OversamplingFactor.End(_ivf.OrdinalsEnd, _floats.Rows, _schema.OnDisk);
        _oversampling.Advance(
            this,
            _floats.Rows,
            end,
            target,
            (underway, queries, indexed, token) => underway.Measure(
                _exact, _floats.Rows, queries, end, indexed, components => SearchLists(components, underway.CodeDepth + 1, indexed, token), token),
            cancellation);
    }

    /// <summary>The nearest by what the lists hold, for several queries.</summary>
    private Candidate[][] SearchLists(float[] components, int k, OversamplingFactor.Indexed filter, CancellationToken cancellation)
    {
        Candidate[][] results = new Candidate[components.Length / _schema.Dim][];
        for (int i = 0; i < results.Length; i++)
        {
            Candidate[] found = new Candidate[k];
            int count = _ivf.Search(components.AsSpan(i * _schema.Dim, _schema.Dim), k, _ivf.Lists, filter, found, out _, cancellation);
            results[i] = found[..count];
        }

        return results;
    }

    public override bool Contains(uint ordinal) => _ivf.Contains(ordinal);

    public override void Insert(uint ordinal) => _ivf.Insert(ordinal);

    public override void Remove(ReadOnlySpan<uint> dead, CancellationToken cancellation) => _ivf.Remove(dead, cancellation);

    public override void Tend(CancellationToken cancellation)
    {
    }

    public override int Search<TFilter>(
        in IndexQuery query, TFilter filter, Span<Candidate> results, out IndexSearchStats stats, CancellationToken cancellation)
    {
        int nprobe = query.NProbe ?? _schema.Ivf.NProbe;
        SearchStats lists;
        if (_schema.Quantization is null || query.Codes?.Rescore == false)
        {
            int found = _ivf.Search(query.Vector, query.K, nprobe, filter, results, out lists, cancellation);
            bool isExact = _schema.Quantization is null;
            stats = new IndexSearchStats(lists.Visited, isExact ? lists.Distances : 0, isExact ? 0 : lists.Distances, 0, BudgetExhausted: false);
            return found;
        }

        // Lists hold nothing but codes: a query that wants none of them has more of what they find ordered by the vectors.
        float factor = query.Codes?.Ignore == true ? OversamplingFactor.Cautious : query.Codes?.Oversampling ?? _oversampling.Value;
        int wanted = FieldCodes.Candidates(query.K, factor);
        Candidate[] candidates = ArrayPool<Candidate>.Shared.Rent(wanted);
        try
        {
            int count = _ivf.Search(query.Vector, wanted, nprobe, filter, candidates.AsSpan(0, wanted), out lists, cancellation);
            long rescoring = Stopwatch.GetTimestamp();
            int kept = FieldCodes.Rescore(_exact, query.Vector, candidates.AsSpan(0, count), results[..query.K], cancellation);
            stats = new IndexSearchStats(lists.Visited, count, lists.Distances, count, BudgetExhausted: false)
            {
                RescoreMicros = Stopwatch.GetElapsedTime(rescoring).TotalMicroseconds,
                Codes = _schema.Quantization.Kind,
                Oversampling = factor,
            };
            return kept;
        }
        finally
        {
            ArrayPool<Candidate>.Shared.Return(candidates);
        }
    }

    public override bool TryRestore(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        if (!states.TryGetValue(_state, out ReadOnlyMemory<byte> saved))
        {
            return false;
        }

        try
        {
            _ivf.RestoreState(saved.Span);
            _oversampling.Restore(states.GetValueOrDefault(FactorState).Span);
            _probes.Restore(states.GetValueOrDefault(ProbesState).Span);
            return true;
        }
        catch (IndexStateException)
        {
            return false;
        }
    }

    private byte[] SaveProbes()
    {
        byte[] state = new byte[ChangeMeter.StateBytes];
        _probes.Save(state);
        return state;
    }

    public override void Dispose()
    {
        _ivf.Dispose();
        base.Dispose();
    }
}
