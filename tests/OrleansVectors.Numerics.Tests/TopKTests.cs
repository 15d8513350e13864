namespace OrleansVectors.Numerics.Tests;

public sealed unsafe class TopKTests
{
    [Fact]
    public void It_keeps_what_sorting_would_put_first_whatever_the_order_of_arrival()
    {
        const int mostKept = 40;
        var storage = stackalloc ulong[mostKept];
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var k = random.Next(0, mostKept + 1);
            var pushed = new Candidate[random.Next(0, 200)];
            for (var i = 0; i < pushed.Length; i++)
            {
                // Few distinct distances, so ties are the rule; both signs of zero among them.
                var distance = (random.Next(-5, 6) * 0.5f) * (random.Next(2) == 0 ? 1 : -1);
                pushed[i] = new Candidate(distance, (uint)random.Next(1000));
            }

            var top = new TopK(storage, k);
            foreach (var candidate in pushed)
            {
                top.Push(candidate.Distance, candidate.Ordinal);
            }

            var expected = pushed.OrderBy(c => c.Distance).ThenBy(c => c.Ordinal).Take(k).ToArray();
            var actual = new Candidate[k];
            var count = top.DrainAscending(actual);
            Assert.True(expected.AsSpan().SequenceEqual(actual.AsSpan(0, count)), $"seed {seed}");
            Assert.Equal(0, top.Count);
        }
    }

    [Fact]
    public void The_threshold_is_the_worst_distance_held_once_full()
    {
        var storage = stackalloc ulong[2];
        var top = new TopK(storage, 2);
        Assert.Equal(float.PositiveInfinity, top.Threshold);
        Assert.True(top.Push(-3.5f, 7));
        Assert.False(top.IsFull);
        Assert.True(top.Push(2f, 1));
        Assert.True(top.IsFull);
        Assert.Equal(2f, top.Threshold);
        Assert.False(top.Push(2f, 9));
        Assert.True(top.Push(2f, 0));
        Assert.True(top.Push(-4f, 3));
        Assert.Equal(-3.5f, top.Threshold);
    }

    [Fact]
    public void Extreme_distances_keep_their_order_and_NaN_comes_last()
    {
        float[] ascending = [float.NegativeInfinity, float.MinValue, -1, -float.Epsilon, 0, float.Epsilon, 1, float.MaxValue, float.PositiveInfinity];
        var storage = stackalloc ulong[10];
        var top = new TopK(storage, 10);
        top.Push(-float.NaN, 99);
        for (var i = ascending.Length - 1; i >= 0; i--)
        {
            top.Push(ascending[i], (uint)i);
        }

        var drained = new Candidate[10];
        Assert.Equal(10, top.DrainAscending(drained));
        for (var i = 0; i < ascending.Length; i++)
        {
            Assert.Equal(new Candidate(ascending[i], (uint)i), drained[i]);
        }

        Assert.True(float.IsNaN(drained[9].Distance));
    }

    [Fact]
    public void A_top_of_nothing_takes_nothing()
    {
        var top = new TopK(null, 0);
        Assert.False(top.Push(1, 1));
        Assert.Equal(0, top.DrainAscending([]));
    }

    [Fact]
    public void A_destination_that_is_too_short_is_refused()
    {
        var storage = stackalloc ulong[2];
        var top = new TopK(storage, 2);
        top.Push(1, 1);
        var refused = false;
        try
        {
            top.DrainAscending([]);
        }
        catch (ArgumentException)
        {
            refused = true;
        }

        Assert.True(refused);
        Assert.Equal(1, top.Count);
    }
}
