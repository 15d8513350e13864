using OrleansVectors.Partitions.Searching;

namespace OrleansVectors.Partitions.Tests.Searching;

public sealed class SearchCostsTests
{
    [Fact]
    public void Before_anything_was_measured_few_matches_are_scanned_and_many_are_walked()
    {
        SearchCosts costs = new();
        Assert.False(SearchCosts.IsWalkWorth(costs.TwoHop(100, 0.1), costs.Scan(5_000, isCoded: true)));
        Assert.True(SearchCosts.IsWalkWorth(costs.TwoHop(100, 0.1), costs.Scan(100_000, isCoded: true)));
        Assert.True(costs.Scan(1000, isCoded: true) < costs.Scan(1000, isCoded: false));
        Assert.True(costs.TwoHop(100, 0.01) > costs.TwoHop(100, 0.1));
    }

    [Fact]
    public void What_was_not_measured_follows_what_was()
    {
        SearchCosts costs = new();
        double before = costs.TwoHop(100, 0.1) / costs.Scan(1000, isCoded: false);
        for (int i = 0; i < 200; i++)
        {
            costs.Scanned(50, 1000, isCoded: false);
        }

        Assert.Equal(50, costs.Scan(1000, isCoded: false), 1.0);
        Assert.Equal(before, costs.TwoHop(100, 0.1) / costs.Scan(1000, isCoded: false), before * 0.05);
    }

    [Fact]
    public void Measurements_change_the_choice_for_the_share_that_was_measured()
    {
        SearchCosts costs = new();
        for (int i = 0; i < 200; i++)
        {
            costs.Scanned(400, 10_000, isCoded: false);
            costs.TwoHopped(20_000, 100, 0.1);
        }

        Assert.False(SearchCosts.IsWalkWorth(costs.TwoHop(100, 0.1), costs.Scan(100_000, isCoded: false)));
        Assert.True(costs.TwoHop(100, 0.3) < costs.TwoHop(100, 0.1) / 2);
    }

    [Fact]
    public void One_interrupted_search_hardly_counts()
    {
        SearchCosts costs = new();
        for (int i = 0; i < 200; i++)
        {
            costs.Scanned(100, 1000, isCoded: true);
        }

        costs.Scanned(1_000_000, 1000, isCoded: true);
        costs.Scanned(0, 0, isCoded: true);
        costs.Scanned(0, 1000, isCoded: true);
        Assert.Equal(100, costs.Scan(1000, isCoded: true), 10.0);
    }

    [Fact]
    public void One_search_in_128_measures_the_other_way_and_always_the_same_ones()
    {
        SearchCosts costs = new();
        Assert.Equal([15, 143, 271], Enumerable.Range(0, 384).Where(_ => costs.IsProbeDue(100, 200)));
        SearchCosts others = new();
        Assert.DoesNotContain(Enumerable.Range(0, 384), _ => others.IsProbeDue(100, 900));
        Assert.DoesNotContain(Enumerable.Range(0, 384), _ => others.IsProbeDue(5000, 6000));
    }
}
