using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Hnsw;

public sealed class HnswStateTests
{
    [Fact]
    public void A_graph_restored_from_its_bytes_answers_the_same_and_goes_on_growing()
    {
        using var built = BuiltGraph.Of(new Clusters(20, 10, DistanceMetric.Cosine, seed: 3), DistanceMetric.Cosine, 3000);
        using var rows = new VectorRows("copy", 20, 4000);
        using var restored = new HnswGraph(new FloatSpace(rows, DistanceMetric.Cosine), new HnswOptions(), 4000);
        for (uint i = 0; i < 3000; i++)
        {
            rows.Write(i, built.Rows.Vector(i));
        }

        foreach (var (from, to) in built.Graph.Regions.Zip(restored.Regions))
        {
            Assert.Equal(from.Name, to.Name);
            Copy(from, to);
        }

        restored.RestoreState(built.Graph.SaveState());
        Assert.Empty(HnswInvariants.Check(restored, [.. Enumerable.Range(0, 3000).Select(i => (uint)i)]));
        for (var q = 0; q < 50; q++)
        {
            var query = built.Clusters.Next();
            var expected = new Candidate[10];
            var found = new Candidate[10];
            built.Graph.Search(query, 10, 50, default(AdmitAll), expected, out var expectedStats);
            restored.Search(query, 10, 50, default(AdmitAll), found, out var stats);
            Assert.Equal(expected, found);
            Assert.Equal(expectedStats, stats);
        }

        for (uint i = 3000; i < 3200; i++)
        {
            rows.Write(i, built.Clusters.Next());
            restored.Insert(i);
        }

        restored.RepairReachability();
        Assert.Empty(HnswInvariants.Check(restored, [.. Enumerable.Range(0, 3200).Select(i => (uint)i)]));
    }

    [Fact]
    public void Everything_an_insertion_or_a_removal_stores_lies_in_a_chunk_marked_dirty()
    {
        using var built = BuiltGraph.Of(new Clusters(8, 10, DistanceMetric.Euclidean, seed: 3), DistanceMetric.Euclidean, 20000, capacity: 30000);
        var before = built.Graph.Regions.Select(part => BuiltGraph.Bytes(part).ToArray()).ToArray();
        foreach (var part in built.Graph.Regions)
        {
            part.Region.CollectDirty([]);
        }

        built.Graph.Remove([1, 2, 3]);
        for (uint i = 20000; i < 20050; i++)
        {
            built.Rows.Write(i, built.Clusters.Next());
            built.Graph.Insert(i);
        }

        for (var p = 0; p < before.Length; p++)
        {
            var part = built.Graph.Regions[p];
            var after = BuiltGraph.Bytes(part);
            for (var i = 0; i < after.Length; i++)
            {
                if (i >= before[p].Length || after[i] != before[p][i])
                {
                    Assert.True(part.Region.IsDirty(i / Numerics.Memory.NativeRegion.ChunkBytes), $"{part.Name} byte {i}");
                }
            }
        }
    }

    [Fact]
    public void A_state_is_these_bytes()
    {
        using var rows = new VectorRows("golden", 3, 10);
        using var graph = new HnswGraph(new FloatSpace(rows, DistanceMetric.Manhattan), new HnswOptions(m: 8, efConstruction: 50, seed: 7), 10);
        rows.Write(0, [1, 2, 3]);
        graph.Insert(0);
        Assert.Equal(
            "4F56484701000300080000003200000007000000000000000000000000000000010000000000000001000000000000000000000000000000"
            + "0300000000000000",
            Convert.ToHexString(graph.SaveState()));
    }

    [Fact]
    public void A_state_of_another_graph_is_refused()
    {
        using var built = BuiltGraph.Of(new Clusters(8, 10, DistanceMetric.Euclidean, seed: 3), DistanceMetric.Euclidean, 10);
        var state = built.Graph.SaveState();
        using var other = new HnswGraph(new FloatSpace(built.Rows, DistanceMetric.Euclidean), new HnswOptions(m: 8), 100);
        Assert.Equal("m", Assert.Throws<IndexStateException>(() => other.RestoreState(state)).Field);
        Assert.Equal("size in bytes", Assert.Throws<IndexStateException>(() => built.Graph.RestoreState(state.AsSpan(1))).Field);
        state[0] ^= 1;
        Assert.Equal("magic", Assert.Throws<IndexStateException>(() => built.Graph.RestoreState(state)).Field);
    }

    private static unsafe void Copy(PersistedRegion from, PersistedRegion to)
    {
        to.Region.EnsureCommitted(from.UsedBytes);
        BuiltGraph.Bytes(from).CopyTo(new Span<byte>(to.Region.Base, (int)from.UsedBytes));
    }
}
