using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>A navigable graph as a field's index.</summary>
internal sealed class GraphIndex(VectorFieldSchema schema, FloatSpace floats, uint pointsMax) : VectorIndex
{
    private readonly HnswGraph _graph = new(floats, new HnswOptions(schema.M, schema.EfConstruction, schema.Number), pointsMax);
    private readonly string _state = $"graph-{schema.Number}";

    public override long Count => _graph.Count;

    public override bool IsPrepared => true;

    public override IReadOnlyList<RegionPart> Parts
        => [.. _graph.Regions.Select(part => new RegionPart($"{_state}-{part.Name}", part.Region, part.UsedBytes, RegionCopying.WhileIndexingPaused))];

    public override IReadOnlyDictionary<string, ReadOnlyMemory<byte>> States
        => new Dictionary<string, ReadOnlyMemory<byte>> { [_state] = _graph.SaveState() };

    public override void Prepare(ReadOnlySpan<uint> sample, CancellationToken cancellation)
    {
    }

    public override bool Contains(uint ordinal) => _graph.Contains(ordinal);

    public override void Insert(uint ordinal) => _graph.Insert(ordinal);

    public override void Remove(ReadOnlySpan<uint> dead, CancellationToken cancellation) => _graph.Remove(dead, cancellation);

    public override void Tend(CancellationToken cancellation) => _graph.RepairReachability(cancellation);

    public override int Search<TFilter>(
        IndexQuery query, TFilter filter, Span<Candidate> results, out SearchStats stats, CancellationToken cancellation)
        => _graph.Search(query.Vector.Span, query.K, query.Ef, filter, results, out stats, query.DistancesMax, cancellation);

    public override bool TryRestore(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        if (!states.TryGetValue(_state, out ReadOnlyMemory<byte> saved))
        {
            return false;
        }

        try
        {
            _graph.RestoreState(saved.Span);
            return true;
        }
        catch (HnswStateException)
        {
            return false;
        }
    }

    public override void Dispose() => _graph.Dispose();
}
