using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Data;

/// <summary>Rows and a graph over them.</summary>
internal sealed class BuiltGraph : IDisposable
{
    private BuiltGraph(Clusters clusters, DistanceMetric metric, uint capacity)
    {
        Clusters = clusters;
        Rows = new VectorRows("test", clusters.Dim, capacity);
        Graph = new HnswGraph(new FloatSpace(Rows, metric), new HnswOptions(), capacity);
    }

    public Clusters Clusters { get; }

    public VectorRows Rows { get; }

    public HnswGraph Graph { get; }

    /// <summary>A graph of <paramref name="count"/> points, inserted by one thread in order, with room for more.</summary>
    public static BuiltGraph Of(Clusters clusters, DistanceMetric metric, uint count, uint? capacity = null)
    {
        var built = new BuiltGraph(clusters, metric, capacity ?? count + 100);
        clusters.Fill(built.Rows, 0, count);
        for (uint i = 0; i < count; i++)
        {
            built.Graph.Insert(i);
        }

        built.Graph.RepairReachability();
        return built;
    }

    /// <summary>Every ordinal inserted so far is a node, and all invariants hold.</summary>
    public void AssertSound() =>
        Assert.Empty(HnswInvariants.Check(Graph, [.. Enumerable.Range(0, (int)Graph.OrdinalsEnd).Select(i => (uint)i)]));

    public static unsafe ReadOnlySpan<byte> Bytes(PersistedRegion part) => new(part.Region.Base, (int)part.UsedBytes);

    public void Dispose()
    {
        Graph.Dispose();
        Rows.Dispose();
    }
}
