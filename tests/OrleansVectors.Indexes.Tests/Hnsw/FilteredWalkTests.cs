using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Hnsw;

public sealed class FilteredWalkTests
{
    private const int Count = 5000;

    [Theory]
    [InlineData(FilteredWalk.Admission, 90, 64)]
    [InlineData(FilteredWalk.Admission, 50, 128)]
    [InlineData(FilteredWalk.TwoHop, 50, 64)]
    [InlineData(FilteredWalk.TwoHop, 20, 64)]
    [InlineData(FilteredWalk.TwoHop, 5, 64)]
    public void A_walk_finds_nearly_all_that_a_scan_of_the_matches_finds(FilteredWalk walk, int percent, int ef)
    {
        using var built = Build(seed: 4);
        var random = new Random(percent);
        var live = Enumerable.Range(0, Count).Select(_ => random.Next(100) < percent).ToArray();
        Assert.InRange(Recall.At10(built.Graph, built.Clusters, 100, ef, new LiveSet(live), walk: walk), 0.97, 1);
    }

    [Fact]
    public void Admission_costs_what_the_walk_without_a_filter_costs()
    {
        using var built = Build(seed: 5);
        var live = Enumerable.Range(0, Count).Select(i => i % 10 != 0).ToArray();
        var found = new Candidate[10];
        var query = built.Clusters.Next();
        built.Graph.Search(query, 10, 100, default(AdmitAll), found, out var bare);
        built.Graph.Search(query, 10, 100, new LiveSet(live), found, out var admitting, new WalkPlan(FilteredWalk.Admission));
        Assert.Equal(bare, admitting);
    }

    [Fact]
    public void Admission_that_knows_the_share_goes_on_until_what_is_needed_matches_and_no_farther()
    {
        using var built = Build(seed: 8);
        var random = new Random(8);
        var live = Enumerable.Range(0, Count).Select(_ => random.Next(2) == 0).ToArray();
        var found = new Candidate[20];
        var distances = 0;
        var asked = 0;
        for (var i = 0; i < 100; i++)
        {
            var query = built.Clusters.Next();
            var count = built.Graph.Search(query, 20, 10, new LiveSet(live), found, out var stats, new WalkPlan(FilteredWalk.Admission, share: 0.5, needed: 10));
            Assert.InRange(count, 10, 20);
            Assert.All(found[..count], point => Assert.True(live[point.Ordinal]));
            distances += stats.Distances;
            built.Graph.Search(query, 10, 40, default(AdmitAll), found, out stats);
            asked += stats.Distances;
        }

        Assert.InRange(distances, 0, asked);
    }

    [Fact]
    public void Admission_finds_k_where_the_nearest_cluster_was_deleted()
    {
        using var built = Build(seed: 6);
        var query = built.Clusters.Next();
        var nearest = new Candidate[300];
        new FlatScan(built.Graph.Space).Search(query, 0, Count, 300, default(AdmitAll), nearest);
        var live = Enumerable.Repeat(true, Count).ToArray();
        foreach (var point in nearest)
        {
            live[point.Ordinal] = false;
        }

        var found = new Candidate[10];
        Assert.Equal(10, built.Graph.Search(query, 10, 40, new LiveSet(live), found, out _));
        Assert.All(found, point => Assert.True(live[point.Ordinal], $"{point.Ordinal} was deleted"));
        Assert.Equal(10, built.Graph.Search(query, 10, 40, new LiveSet(live), found, out _, new WalkPlan(FilteredWalk.Admission, share: 0.94)));
        Assert.All(found, point => Assert.True(live[point.Ordinal], $"{point.Ordinal} was deleted"));
    }

    [Fact]
    public void Seeds_lead_to_a_lonely_match()
    {
        using var built = Build(seed: 5);
        var live = new bool[Count];
        live[17] = true;
        var found = new Candidate[10];
        var count = built.Graph.Search(built.Clusters.Next(), 10, 64, new LiveSet(live), found, out var stats, new WalkPlan(FilteredWalk.TwoHop, [17, 17, 18, 100_000]));
        Assert.Equal(1, count);
        Assert.Equal(17u, found[0].Ordinal);
        Assert.True(stats.BudgetExhausted, "fewer than ef matches were found, so the walk cannot know that these are all");
    }

    [Fact]
    public void A_two_hop_walk_stops_at_its_budget_and_says_so()
    {
        using var built = Build(seed: 5);
        var live = Enumerable.Range(0, Count).Select(i => i % 20 == 0).ToArray();
        var found = new Candidate[10];
        built.Graph.Search(built.Clusters.Next(), 10, 200, new LiveSet(live), found, out var stats, new WalkPlan(FilteredWalk.TwoHop, workMax: 300));
        Assert.True(stats.BudgetExhausted);
        Assert.InRange(stats.Distances + stats.TwoHops, 300, 400);
        built.Graph.Search(built.Clusters.Next(), 10, 40, new LiveSet(live), found, out stats, new WalkPlan(FilteredWalk.TwoHop));
        Assert.False(stats.BudgetExhausted);
        Assert.InRange(stats.TwoHops, 1, Count);
    }

    [Fact]
    public void A_walk_that_knows_the_share_gives_up_at_once_where_nothing_matches()
    {
        using var built = Build(seed: 7);
        var query = built.Clusters.Next();
        var all = new Candidate[Count];
        new FlatScan(built.Graph.Space).Search(query, 0, Count, Count, default(AdmitAll), all);
        var live = new bool[Count];
        foreach (var point in all[(Count / 2)..])
        {
            live[point.Ordinal] = true;
        }

        var found = new Candidate[10];
        built.Graph.Search(query, 10, 100, new LiveSet(live), found, out var stats, new WalkPlan(FilteredWalk.TwoHop, share: 0.5));
        Assert.True(stats.BudgetExhausted);
        Assert.InRange(stats.Distances + stats.TwoHops, 0, 1000);
    }

    [Theory]
    [InlineData(FilteredWalk.Admission)]
    [InlineData(FilteredWalk.TwoHop)]
    public void A_filter_that_refuses_everything_finds_nothing(FilteredWalk walk)
    {
        using var built = Build(seed: 5);
        var found = new Candidate[10];
        Assert.Equal(0, built.Graph.Search(built.Clusters.Next(), 10, 64, new LiveSet(new bool[Count]), found, out _, new WalkPlan(walk)));
    }

    [Theory]
    [InlineData(FilteredWalk.Admission)]
    [InlineData(FilteredWalk.TwoHop)]
    public void Walks_that_need_much_memory_do_not_disturb_later_ones(FilteredWalk walk)
    {
        using var built = Build(seed: 5);
        var live = Enumerable.Repeat(true, Count).ToArray();
        var many = new Candidate[Count];
        Assert.InRange(built.Graph.Search(built.Clusters.Next(), Count, 40_000, new LiveSet(live), many, out _, new WalkPlan(walk)), Count - 5, Count);
        Assert.InRange(Recall.At10(built.Graph, built.Clusters, 50, 64, new LiveSet(live), walk: walk), 0.97, 1);
    }

    private static BuiltGraph Build(int seed) =>
        BuiltGraph.Of(new Clusters(16, 30, DistanceMetric.Euclidean, seed), DistanceMetric.Euclidean, Count);
}
