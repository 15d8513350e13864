using System.Buffers;
using System.Diagnostics;
using OrleansVectors.Indexes;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>A navigable graph as a field's index; where the schema asks for codes, built and walked on those.</summary>
internal sealed class GraphIndex : VectorIndex
{
    private readonly VectorFieldSchema _schema;
    private readonly FloatSpace _floats;
    private readonly uint _pointsMax;
    private readonly HnswGraph _graph;
    private readonly HnswView _floatView;
    private readonly string _state;
    private FieldCodes? _codes;

    public GraphIndex(VectorFieldSchema schema, FloatSpace floats, uint pointsMax)
        : base(schema.Number, pointsMax)
    {
        _schema = schema;
        _floats = floats;
        _pointsMax = pointsMax;
        _graph = new HnswGraph(floats, new HnswOptions(schema.M, schema.EfConstruction, schema.Number), pointsMax);
        _floatView = new HnswView(_graph, floats);
        _state = $"graph-{schema.Number}";
    }

    public override long Count => _graph.Count;

    public override bool IsPrepared => _schema.Quantization is null || Codes is not null;

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
                states.Add(codes.State.Key, codes.State.Value);
            }

            return states;
        }
    }

    private FieldCodes? Codes => Volatile.Read(ref _codes);

    public override void Prepare(ReadOnlySpan<uint> sample, CancellationToken cancellation)
        => WalkOn(FieldCodes.Train(_schema, _floats, sample, _pointsMax));

    public override uint OrdinalsEnd => _graph.OrdinalsEnd;

    public override bool Contains(uint ordinal) => _graph.Contains(ordinal);

    public override bool Knows(uint ordinal) => _graph.Holds(ordinal);

    public override void Insert(uint ordinal)
    {
        Codes?.Encode(ordinal);
        _graph.Insert(ordinal);
    }

    public override void Remove(ReadOnlySpan<uint> dead, CancellationToken cancellation) => _graph.Remove(dead, cancellation);

    public override void Tend(CancellationToken cancellation) => _graph.RepairReachability(cancellation);

    public override int Search<TFilter>(
        in IndexQuery query, TFilter filter, Span<Candidate> results, out IndexSearchStats stats, CancellationToken cancellation)
    {
        ReadOnlySpan<float> vector = query.Vector;
        FieldCodes? codes = Codes;
        SearchStats walk;
        if (codes is null || query.Codes?.Ignore == true)
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
            };
            return kept;
        }
        finally
        {
            ArrayPool<Candidate>.Shared.Return(found);
        }
    }

    public override FieldCodes? ScanCodes(in IndexQuery query) => query.Codes is { Ignore: true } or { Rescore: false } ? null : Codes;

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
            if (codes is null)
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

        return true;
    }

    public override void Dispose()
    {
        _graph.Dispose();
        _codes?.Dispose();
        base.Dispose();
    }

    /// <summary>Codes are there before the first node, so a walk never meets a node without one.</summary>
    private void WalkOn(FieldCodes codes)
    {
        _graph.MoveTo(codes.Space);
        Volatile.Write(ref _codes, codes);
    }
}
