using System.Buffers;
using System.Diagnostics;
using OrleansVectors.Indexes;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Statistics;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>
/// A navigable graph as a field's index; where the schema asks for codes, built and walked on those. Where it leaves that
/// open, <see cref="CodeChoice"/> decides before the first vector is taken up, and codes that turn out unfit later are
/// not looked at any more until a successor has taken the place.
/// </summary>
/// <remarks>State <c>choice-n</c>, where it was left open: u8 version 1, u64 vectors when it was decided.</remarks>
internal sealed class GraphIndex : VectorIndex
{
    private const byte ChoiceVersion = 1;

    /// <summary>A graph without codes is not reconsidered with fewer vectors than this,</summary>
    private const int ReconsideredMin = 1024;

    /// <summary>nor before there are so many times as many as when it was decided.</summary>
    private const int ReconsideredGrowth = 4;

    private const long NotDecided = -1;

    private readonly VectorFieldSchema _schema;
    private readonly IReadOnlySet<QuantizerKind> _refused;
    private readonly FloatSpace _floats;
    private readonly uint _pointsMax;
    private readonly HnswGraph _graph;
    private readonly HnswView _floatView;
    private readonly string _state;
    private readonly string _choice;
    private CodeChoice? _choosing;
    private FieldCodes? _codes;
    private long _decidedAt = NotDecided;

    /// <param name="schema">The field's.</param>
    /// <param name="floats">The vectors.</param>
    /// <param name="pointsMax">Ordinals there can be.</param>
    /// <param name="refused">Codes that have turned out unfit for these vectors.</param>
    public GraphIndex(VectorFieldSchema schema, FloatSpace floats, uint pointsMax, IReadOnlySet<QuantizerKind> refused)
        : base(schema.Number, pointsMax)
    {
        _schema = schema;
        _refused = refused;
        _choice = $"choice-{schema.Number}";
        _floats = floats;
        _pointsMax = pointsMax;
        _graph = new HnswGraph(floats, new HnswOptions(schema.M, schema.EfConstruction, schema.Number), pointsMax);
        _floatView = new HnswView(_graph, floats);
        _state = $"graph-{schema.Number}";
    }

    public override long Count => _graph.Count;

    public override bool IsPrepared => _schema.Quantization is null || Codes is not null || IsDecided;

    public override bool IsOutgrown => Codes is { } codes
        ? LeavesCodesOpen ? UnfitCodes is not null : codes.Oversampling.IsWorn
        : LeavesCodesOpen && IsDecided && Count >= Math.Max(ReconsideredMin, ReconsideredGrowth * Interlocked.Read(ref _decidedAt));

    public override QuantizerKind? UnfitCodes
        => LeavesCodesOpen && Codes is { } codes && codes.Oversampling.Needed > CodeChoice.OversamplingMax ? codes.Space.Quantizer.Kind : null;

    public override ServingIndex Serving => ServingIndex.Of(VectorIndexKind.Hnsw, UnfitCodes is null ? Codes : null);

    public override IndexBytes Bytes
        => new(Codes: Codes?.Space.UsedBytes(_graph.OrdinalsEnd) ?? 0, Links: _graph.Regions.Sum(part => part.UsedBytes));

    public override IReadOnlyList<RegionPart> Parts
    {
        get
        {
            List<RegionPart> parts =
                [.. _graph.Regions.Select(part => new RegionPart($"{_state}-{part.Name}", part.Region, part.UsedBytes, RegionCopying.WhileIndexingPaused))];
            if (Codes is { } codes)
            {
                parts.Add(codes.Part(_graph.OrdinalsEnd));
            }

            return parts;
        }
    }

    public override IReadOnlyDictionary<string, ReadOnlyMemory<byte>> States
    {
        get
        {
            Dictionary<string, ReadOnlyMemory<byte>> states = new() { [_state] = _graph.SaveState() };
            if (Codes is { } codes)
            {
                foreach ((string name, ReadOnlyMemory<byte> state) in codes.States)
                {
                    states.Add(name, state);
                }
            }

            if (LeavesCodesOpen && IsDecided)
            {
                states.Add(_choice, (byte[])[ChoiceVersion, .. BitConverter.GetBytes(Interlocked.Read(ref _decidedAt))]);
            }

            return states;
        }
    }

    private FieldCodes? Codes => Volatile.Read(ref _codes);

    private bool IsDecided => Interlocked.Read(ref _decidedAt) != NotDecided;

    private bool LeavesCodesOpen => _schema.Quantization is { IsDefault: true };

    public override void Prepare(ReadOnlySpan<uint> sample, long vectors, CancellationToken cancellation)
    {
        if (!LeavesCodesOpen)
        {
            WalkOn(FieldCodes.Train(_schema, _floats, sample, _pointsMax));
            return;
        }

        // One that was interrupted goes on, unless what it looks at has become a small part of the vectors.
        if (_choosing is null || vectors >= ReconsideredGrowth * _choosing.Vectors)
        {
            _choosing?.Dispose();
            _choosing = new CodeChoice(_schema, _floats.Rows, sample, vectors, _refused);
        }

        if (_choosing.Decide(cancellation) is { } chosen)
        {
            FieldCodes codes = FieldCodes.Of(_schema, _floats, chosen.Quantizer, _pointsMax);
            codes.Oversampling.Expect(chosen.Oversampling);
            WalkOn(codes);
        }

        Interlocked.Exchange(ref _decidedAt, _choosing.Vectors);
        _choosing.Dispose();
        _choosing = null;
    }

    public override uint OrdinalsEnd => _graph.OrdinalsEnd;

    public override bool Contains(uint ordinal) => _graph.Contains(ordinal);

    public override bool Knows(uint ordinal) => _graph.Holds(ordinal);

    public override void Insert(uint ordinal)
    {
        Codes?.Encode(ordinal);
        _graph.Insert(ordinal);
    }

    public override void Remove(ReadOnlySpan<uint> dead, CancellationToken cancellation) => _graph.Remove(dead, cancellation);

    public override void Tend(CancellationToken cancellation) => _graph.ContinueRepair(cancellation);

    public override bool IsCalibrationDue(float target) => Codes?.Oversampling.IsDue(this, target) == true;

    public override bool IsUnproven(float target)
        => LeavesCodesOpen && Codes is { } codes && !IsGivenUp && (codes.Oversampling.Needed == 0 ? IsCalibrationDue(target) : UnfitCodes is not null);

    public override void Calibrate(float target, CancellationToken cancellation) => Codes?.Calibrate(this, target, cancellation);

    public override int Search<TFilter>(
        in IndexQuery query, TFilter filter, Span<Candidate> results, out IndexSearchStats stats, CancellationToken cancellation)
    {
        ReadOnlySpan<float> vector = query.Vector;
        SearchStats walk;
        if (FitCodes(query) is not { } codes)
        {
            int exact = _floatView.Search(vector, query.K, query.Ef, filter, results, out walk, query.Walk, cancellation);
            stats = new IndexSearchStats(walk.Visited, VectorDistances: walk.Distances, CodeDistances: 0, Rescored: 0, walk.BudgetExhausted)
            {
                TwoHops = walk.TwoHops,
            };
            return exact;
        }

        if (query.Codes?.Rescore == false || codes.Space.Quantizer.IsExact)
        {
            int coarse = _graph.Search(vector, query.K, query.Ef, filter, results, out walk, query.Walk, cancellation);
            stats = new IndexSearchStats(walk.Visited, VectorDistances: 0, walk.Distances, Rescored: 0, walk.BudgetExhausted)
            {
                TwoHops = walk.TwoHops,
                Codes = codes.Space.Quantizer.Kind,
                Oversampling = 1,
            };
            return coarse;
        }

        int wanted = codes.Candidates(query.K, query.Codes?.Oversampling);
        Candidate[] found = ArrayPool<Candidate>.Shared.Rent(wanted);
        try
        {
            int count = _graph.Search(vector, wanted, Math.Max(wanted, query.Ef), filter, found.AsSpan(0, wanted), out walk, query.Walk, cancellation);
            long rescoring = Stopwatch.GetTimestamp();
            int kept = codes.Rescore(vector, found.AsSpan(0, count), results[..query.K], cancellation);
            stats = new IndexSearchStats(walk.Visited, VectorDistances: count, walk.Distances, Rescored: count, walk.BudgetExhausted)
            {
                TwoHops = walk.TwoHops,
                RescoreMicros = Stopwatch.GetElapsedTime(rescoring).TotalMicroseconds,
                MayHideNearer = count == wanted && query.Codes?.Oversampling is null && codes.MayHideNearer(found.AsSpan(0, count), results[..kept]),
                Codes = codes.Space.Quantizer.Kind,
                Oversampling = query.Codes?.Oversampling ?? codes.Oversampling.Value,
            };
            return kept;
        }
        finally
        {
            ArrayPool<Candidate>.Shared.Return(found);
        }
    }

    public override FieldCodes? ScanCodes(in IndexQuery query) => query.Codes?.Rescore == false ? null : FitCodes(query);

    public override bool TryRestore(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        if (!states.TryGetValue(_state, out ReadOnlyMemory<byte> saved))
        {
            return false;
        }

        FieldCodes? codes = null;
        if (_schema.Quantization is not null)
        {
            codes = FieldCodes.Restore(_schema, _floats, states, _pointsMax);
            if (codes is null && !LeavesCodesOpen)
            {
                return false;
            }
        }

        try
        {
            _graph.RestoreState(saved.Span);
        }
        catch (IndexStateException)
        {
            codes?.Dispose();
            return false;
        }

        if (codes is not null)
        {
            WalkOn(codes);
        }

        // A graph from before codes were taken unasked serves as it is, and is succeeded by one that may have some.
        bool isNoted = states.TryGetValue(_choice, out ReadOnlyMemory<byte> choice)
            && choice.Length == 1 + sizeof(long)
            && choice.Span[0] == ChoiceVersion;
        _decidedAt = isNoted ? BitConverter.ToInt64(choice.Span[1..]) : 0;
        return true;
    }

    public override void Dispose()
    {
        _graph.Dispose();
        _codes?.Dispose();
        _choosing?.Dispose();
        base.Dispose();
    }

    /// <summary>The codes, if they may be looked at and can say something about the query.</summary>
    private FieldCodes? FitCodes(in IndexQuery query)
        => Codes is { } codes && query.Codes?.Ignore != true && UnfitCodes is null && codes.Space.Quantizer.Covers(query.Vector) ? codes : null;

    /// <summary>Codes are there before the first node, so a walk never meets a node without one.</summary>
    private void WalkOn(FieldCodes codes)
    {
        _graph.MoveTo(codes.Space);
        Volatile.Write(ref _codes, codes);
    }
}
