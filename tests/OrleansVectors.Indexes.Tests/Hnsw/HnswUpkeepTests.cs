using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Hnsw;

public sealed class HnswUpkeepTests
{
    private const int Count = 1000;
    private const int SmallSteps = 500;

    [Fact]
    public void A_removal_in_slices_leaves_a_sound_graph_whatever_is_inserted_between_them()
    {
        using var built = Build();
        var graph = built.Graph;
        var live = Enumerable.Range(0, Count).Select(i => (uint)i).ToList();
        uint next = Count;
        for (var round = 0; round < 3; round++)
        {
            // Every third, and all that are on the highest levels: the entry point goes each time.
            var highest = live.OrderByDescending(graph.LevelOf).Take(20);
            var dead = live.Where((_, i) => i % 3 == round).Union(highest).ToArray();
            graph.Condemn(dead);
            live.RemoveAll(new HashSet<uint>(dead).Contains);
            var slices = 0;
            while (graph.Tend(SmallSteps))
            {
                slices++;
                if (slices % 4 == 0 && next < graph.Capacity)
                {
                    built.Rows.Write(next, built.Clusters.Next());
                    graph.Insert(next);
                    live.Add(next++);
                }
            }

            Assert.InRange(slices, 10, 10_000);
            Assert.All(dead, ordinal => Assert.False(graph.Holds(ordinal), $"ordinal {ordinal} is in the graph still"));
            graph.RepairReachability();
            Assert.True(HnswInvariants.Check(graph, live) is [], $"round {round}: {string.Join("; ", HnswInvariants.Check(graph, live).Take(5))}");
        }
    }

    [Fact]
    public void Searches_between_slices_find_what_lives()
    {
        using var built = Build();
        var live = Enumerable.Range(0, (int)built.Graph.Capacity).Select(i => i % 2 == 0).ToArray();
        built.Graph.Condemn(Odd());
        for (var slice = 0; built.Graph.Tend(SmallSteps); slice++)
        {
            if (slice % 20 == 0)
            {
                Assert.InRange(Recall.At10(built.Graph, built.Clusters, 10, 100, new LiveSet(live)), 0.9, 1);
            }
        }

        AssertEvenLeft(built.Graph);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_neighbourhood_that_is_replaced_as_a_whole_is_found_between_all_slices(ulong seed)
    {
        const int Bystanders = 600;
        const int Crowd = 48;
        const int Generations = 16;
        const uint Capacity = Bystanders + (Crowd * Generations);
        using var rows = new VectorRows("test", 8, Capacity);
        using var graph = new HnswGraph(new FloatSpace(rows, DistanceMetric.Euclidean), new HnswOptions(4, 100, seed), Capacity);
        var live = new bool[Capacity];
        for (uint i = 0; i < Bystanders; i++)
        {
            Insert(i, Row(i));
        }

        var found = new Candidate[Crowd];
        for (uint generation = 0; generation < Generations; generation++)
        {
            var first = Bystanders + (generation * Crowd);
            for (uint i = 0; i < Crowd; i++)
            {
                Insert(first + i, Row(-5 - (i * 0.001f) - (generation * 1e-5f)));
            }

            if (generation == 0)
            {
                continue;
            }

            var old = Enumerable.Range((int)(first - Crowd), Crowd).Select(ordinal => (uint)ordinal).ToArray();
            Array.ForEach(old, ordinal => live[ordinal] = false);
            graph.Condemn(old);
            for (var slice = 0; graph.Tend(400); slice++)
            {
                var count = graph.Search(Row(-5), Crowd, 100, new LiveSet(live), found, out _);
                Assert.True(
                    found.Take(count).Any(hit => hit.Ordinal >= first),
                    $"seed {seed}, generation {generation}, slice {slice}: {count} found, none of the new ones");
            }
        }

        void Insert(uint ordinal, float[] row)
        {
            rows.Write(ordinal, row);
            graph.Insert(ordinal);
            live[ordinal] = true;
        }

        static float[] Row(float place) => [.. Enumerable.Repeat(place, 8)];
    }

    [Fact]
    public void What_is_condemned_during_a_removal_is_removed_too()
    {
        using var built = Build();
        var odd = Odd();
        built.Graph.Condemn(odd.AsSpan(0, 100));
        Assert.True(built.Graph.Tend(SmallSteps));
        built.Graph.Condemn(odd.AsSpan(100));
        while (built.Graph.Tend(SmallSteps))
        {
        }

        AssertEvenLeft(built.Graph);
    }

    [Fact]
    public void A_cancelled_slice_changes_nothing_that_the_next_one_does_not_complete()
    {
        using var built = Build();
        built.Graph.Condemn(Odd());
        Assert.ThrowsAny<OperationCanceledException>(() => built.Graph.Tend(SmallSteps, new CancellationToken(true)));
        Assert.True(built.Graph.Tend(SmallSteps));
        Assert.ThrowsAny<OperationCanceledException>(() => built.Graph.Tend(SmallSteps, new CancellationToken(true)));
        while (built.Graph.Tend(SmallSteps))
        {
        }

        AssertEvenLeft(built.Graph);
    }

    [Fact]
    public void A_removal_goes_on_in_the_space_that_the_graph_moved_to()
    {
        using var built = Build();
        built.Graph.Condemn(Odd());
        Assert.True(built.Graph.Tend(SmallSteps));
        built.Graph.MoveTo(new FloatSpace(built.Rows, DistanceMetric.Euclidean));
        while (built.Graph.Tend(SmallSteps))
        {
        }

        AssertEvenLeft(built.Graph);
    }

    [Fact]
    public void A_removal_that_a_restart_cut_short_is_completed_when_its_nodes_are_condemned_again()
    {
        using var built = Build();
        built.Graph.Condemn(Odd());
        Assert.True(built.Graph.Tend(SmallSteps));
        using var restored = new HnswGraph(built.Graph.Space, built.Graph.Options, built.Graph.Capacity);
        restored.RestoreState(built.Graph.SaveState());
        foreach (var (from, to) in built.Graph.Regions.Zip(restored.Regions))
        {
            Copy(from, to);
        }

        Assert.True(restored.Holds(1));
        Assert.False(restored.Contains(1));
        restored.Remove([1]);
        AssertEvenLeft(restored);
    }

    [Fact]
    public void A_graph_with_nothing_to_do_says_so()
    {
        using var built = Build();
        built.Graph.Condemn([]);
        Assert.False(built.Graph.Tend(SmallSteps));
        built.Graph.RequestRepair();
        Assert.True(built.Graph.Tend(1));
        Assert.Equal(0, built.Graph.RepairReachability());
        Assert.False(built.Graph.Tend(SmallSteps));
    }

    private static BuiltGraph Build() =>
        BuiltGraph.Of(new Clusters(16, 10, DistanceMetric.Euclidean, seed: 8), DistanceMetric.Euclidean, Count, capacity: Count * 2);

    private static uint[] Odd() => [.. Enumerable.Range(0, Count / 2).Select(i => (uint)((2 * i) + 1))];

    private static void AssertEvenLeft(HnswGraph graph) =>
        Assert.Empty(HnswInvariants.Check(graph, [.. Enumerable.Range(0, Count / 2).Select(i => (uint)(2 * i))]));

    private static unsafe void Copy(PersistedRegion from, PersistedRegion to) =>
        BuiltGraph.Bytes(from).CopyTo(new Span<byte>(to.Region.Base, (int)to.UsedBytes));
}
