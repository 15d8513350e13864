using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Hnsw;

public sealed class HnswSearchTests
{
    [Theory]
    [InlineData(DistanceMetric.Euclidean, 32)]
    [InlineData(DistanceMetric.Dot, 32)]
    [InlineData(DistanceMetric.Cosine, 32)]
    [InlineData(DistanceMetric.Manhattan, 32)]
    [InlineData(DistanceMetric.Euclidean, 1)]
    [InlineData(DistanceMetric.Euclidean, 2)]
    [InlineData(DistanceMetric.Euclidean, 3)]
    [InlineData(DistanceMetric.Euclidean, 17)]
    [InlineData(DistanceMetric.Cosine, 3)]
    [InlineData(DistanceMetric.Manhattan, 17)]
    public void A_graph_finds_nearly_all_that_a_scan_finds(DistanceMetric metric, int dim)
    {
        using var built = BuiltGraph.Of(new Clusters(dim, 30, metric, seed: dim), metric, 4000);
        built.AssertSound();
        Assert.InRange(Recall.At10(built.Graph, built.Clusters, 100, 128, default(AdmitAll)), metric == DistanceMetric.Dot ? 0.90 : 0.97, 1);
    }

    [Theory]
    [InlineData(24, 30)]
    [InlineData(24, 100)]
    [InlineData(64, 30)]
    [InlineData(64, 100)]
    public void Tight_crowds_far_from_each_other_are_all_found(int dim, int crowd)
    {
        const int Crowds = 20;
        const int Rounds = 50;
        List<int> lost = [];
        for (var round = 0; round < Rounds; round++)
        {
            var clusters = new Clusters(dim, Crowds, DistanceMetric.Euclidean, seed: dim + crowd + round, spread: 0.1f);
            var count = Crowds * crowd;
            using var rows = new VectorRows("test", dim, (uint)count * 2);
            using var graph = new HnswGraph(new FloatSpace(rows, DistanceMetric.Euclidean), new HnswOptions(8, 64, (ulong)round), (uint)count * 2);
            clusters.Fill(rows, 0, (uint)count * 2);
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i => graph.Insert((uint)i));
            Parallel.For(count, count * 4 / 3, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i => graph.Insert((uint)i));
            NoteLost();
            graph.Remove([.. Enumerable.Range(0, count / 3).Select(i => (uint)i)]);
            NoteLost();

            void NoteLost()
            {
                var found = new Candidate[10];
                for (var cluster = 0; cluster < Crowds; cluster++)
                {
                    var isFound = graph.Search(clusters.Next(cluster), 10, 64, default(AdmitAll), found, out _) == 10 && found[0].Distance < dim / 2f;
                    lost.AddRange(isFound ? [] : [round]);
                }
            }
        }

        // Two threads that insert at the same moment do not see each other: one crowd in thousands may wait for the next repair.
        Assert.True(lost.Count <= 1, $"crowds of rounds {string.Join(' ', lost)} were not found");
    }

    [Theory]
    [InlineData(1, 64, 50)]
    [InlineData(2, 64, 50)]
    [InlineData(2, 24, 20)]
    [InlineData(2, 24, 200)]
    public void Crowds_that_come_one_after_the_other_are_found(int threads, int dim, int crowd)
    {
        const int Crowds = 200;
        var clusters = new Clusters(dim, Crowds, DistanceMetric.Euclidean, seed: dim + crowd, spread: 1e-4f);
        var count = Crowds * crowd;
        using var rows = new VectorRows("test", dim, (uint)count);
        using var graph = new HnswGraph(new FloatSpace(rows, DistanceMetric.Euclidean), new HnswOptions(16, 100), (uint)count);
        for (var i = 0; i < count; i++)
        {
            rows.Write((uint)i, clusters.Next(i / crowd));
        }

        var next = -1;
        Parallel.For(0, threads, _ =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < count;)
            {
                graph.Insert((uint)i);
            }
        });
        graph.RepairReachability();
        var found = new Candidate[10];
        var missed = 0;
        for (var cluster = 0; cluster < Crowds; cluster++)
        {
            var right = graph.Search(clusters.Next(cluster), 10, 100, default(AdmitAll), found, out _);
            missed += 10 - found.Take(right).Count(candidate => candidate.Ordinal / crowd == cluster);
        }

        // A crowd without a node on an upper level whose first members do not find each other stays in parts; without looking for
        // ways in one result in nine was missed here.
        Assert.True(missed <= Crowds * 10 / 20, $"{missed} of {Crowds * 10} were of another crowd");
    }

    [Fact]
    public void Repair_leads_the_way_down_to_crowds_that_it_missed()
    {
        // Each crowd is inserted as a whole, with so small a pool that insertions see nothing else, and its ways in are cut.
        const int Crowds = 30;
        const int Crowd = 60;
        var clusters = new Clusters(32, Crowds, DistanceMetric.Euclidean, seed: 77, spread: 0.05f);
        using var rows = new VectorRows("test", 32, Crowds * Crowd);
        using var graph = new HnswGraph(new FloatSpace(rows, DistanceMetric.Euclidean), new HnswOptions(4, 8), Crowds * Crowd);
        for (uint i = 0; i < Crowds * Crowd; i++)
        {
            rows.Write(i, clusters.Next((int)(i / Crowd)));
            graph.Insert(i);
        }

        graph.RepairReachability();
        var found = new Candidate[1];
        var lost = 0;
        for (uint i = 0; i < Crowds * Crowd; i++)
        {
            // Every node of an upper level, by a walk that cannot leave the crowd that the way down ends in.
            if (graph.LevelOf(i) > 0)
            {
                graph.Search(rows.Vector(i), 1, 8, default(AdmitAll), found, out _);
                lost += found[0].Ordinal / Crowd == i / Crowd ? 0 : 1;
            }
        }

        Assert.True(lost == 0, $"{lost} nodes were not found");
    }

    [Fact]
    public void One_thread_builds_the_same_bytes_every_time()
    {
        using var first = BuiltGraph.Of(new Clusters(24, 20, DistanceMetric.Euclidean, seed: 1), DistanceMetric.Euclidean, 2000);
        using var second = BuiltGraph.Of(new Clusters(24, 20, DistanceMetric.Euclidean, seed: 1), DistanceMetric.Euclidean, 2000);
        Assert.Equal(first.Graph.SaveState(), second.Graph.SaveState());
        foreach (var (a, b) in first.Graph.Regions.Zip(second.Graph.Regions))
        {
            Assert.True(BuiltGraph.Bytes(a).SequenceEqual(BuiltGraph.Bytes(b)), a.Name);
        }
    }

    [Fact]
    public void A_cancelled_search_throws()
    {
        using var built = BuiltGraph.Of(new Clusters(16, 30, DistanceMetric.Euclidean, seed: 5), DistanceMetric.Euclidean, 2000);
        var found = new Candidate[2000];
        Assert.ThrowsAny<OperationCanceledException>(() =>
            built.Graph.Search(built.Clusters.Next(), 1000, 1000, default(AdmitAll), found, out _, cancellation: new CancellationToken(true)));
    }

    [Fact]
    public void An_empty_graph_finds_nothing()
    {
        using var built = BuiltGraph.Of(new Clusters(4, 1, DistanceMetric.Euclidean, seed: 1), DistanceMetric.Euclidean, 0);
        Assert.Equal(0, built.Graph.Search([1, 2, 3, 4], 5, 10, default(AdmitAll), new Candidate[5], out _));
        Assert.False(built.Graph.Contains(0));
        built.AssertSound();
    }

    [Fact]
    public void The_only_point_is_found_and_more_than_there_are_cannot_be()
    {
        using var built = BuiltGraph.Of(new Clusters(4, 1, DistanceMetric.Euclidean, seed: 1), DistanceMetric.Euclidean, 1);
        var found = new Candidate[50];
        Assert.Equal(1, built.Graph.Search(built.Clusters.Next(), 50, 1, default(AdmitAll), found, out _));
        Assert.Equal(1, built.Graph.Search(built.Clusters.Next(), 50, 1, new LiveSet([true]), found, out _));
        Assert.Equal(0, built.Graph.Search(built.Clusters.Next(), 50, 1, new LiveSet([false]), found, out _));
        Assert.Equal(0u, found[0].Ordinal);
        built.AssertSound();
    }

    [Fact]
    public void K_above_ef_and_above_the_number_of_points_returns_all_points()
    {
        using var built = BuiltGraph.Of(new Clusters(8, 3, DistanceMetric.Euclidean, seed: 2), DistanceMetric.Euclidean, 300);
        var found = new Candidate[400];
        Assert.Equal(300, built.Graph.Search(built.Clusters.Next(), 400, 1, default(AdmitAll), found, out _));
        Assert.Equal(300, found.Take(300).Select(c => c.Ordinal).Distinct().Count());
    }

    [Theory]
    [InlineData(3000, 1)]
    [InlineData(3000, 3)]
    [InlineData(3000, 100)]
    public void Identical_vectors_all_stay_reachable(int count, int distinct)
    {
        using var rows = new VectorRows("equal", 8, (uint)count);
        using var graph = new HnswGraph(new FloatSpace(rows, DistanceMetric.Euclidean), new HnswOptions(), (uint)count);
        var clusters = new Clusters(8, 10, DistanceMetric.Euclidean, seed: distinct);
        var vectors = Enumerable.Range(0, distinct).Select(_ => clusters.Next()).ToArray();
        for (uint i = 0; i < count; i++)
        {
            rows.Write(i, vectors[i % distinct]);
            graph.Insert(i);
        }

        graph.RepairReachability();
        Assert.Empty(HnswInvariants.Check(graph, [.. Enumerable.Range(0, count).Select(i => (uint)i)]));
        foreach (var vector in vectors)
        {
            var found = new Candidate[10];
            Assert.Equal(10, graph.Search(vector, 10, 64, default(AdmitAll), found, out _));
            Assert.All(found, candidate => Assert.Equal(0, candidate.Distance));
        }
    }

    [Fact]
    public void Searches_and_insertions_allocate_nothing_on_the_managed_heap()
    {
        using var built = BuiltGraph.Of(new Clusters(8, 3, DistanceMetric.Euclidean, seed: 2), DistanceMetric.Euclidean, 500, capacity: 600);
        var found = new Candidate[10];
        var live = new LiveSet([.. Enumerable.Repeat(true, 600)]);
        var query = built.Clusters.Next();
        built.Clusters.Fill(built.Rows, 500, 600);
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
            {
                built.Graph.Search(query, 10, 50, default(AdmitAll), found, out _);
                built.Graph.Search(query, 10, 50, live, found, out _);
                built.Graph.Insert((uint)(500 + (round * 20) + i));
            }

            // The first round may grow what is kept.
            Assert.True(round == 0 || GC.GetAllocatedBytesForCurrentThread() == before);
        }
    }

    [Fact]
    public void A_point_can_be_inserted_once_only()
    {
        using var built = BuiltGraph.Of(new Clusters(4, 1, DistanceMetric.Euclidean, seed: 1), DistanceMetric.Euclidean, 3);
        Assert.Throws<InvalidOperationException>(() => built.Graph.Insert(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => built.Graph.Insert(built.Graph.Capacity));
    }
}
