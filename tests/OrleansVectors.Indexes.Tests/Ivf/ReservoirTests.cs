using OrleansVectors.Indexes.Ivf;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Ivf;

public sealed unsafe class ReservoirTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1000)]
    [InlineData(10, 5)]
    [InlineData(100, 100)]
    [InlineData(100, 5000)]
    [InlineData(777, 20000)]
    public void It_holds_the_nearest_in_order_whatever_comes(int k, int count)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            // Few different distances, so that many tie.
            var shown = Enumerable.Range(0, count)
                .Select(i => new Candidate(seed % 4 == 0 ? 1 : seed % 4 == 1 ? -i : random.Next(-50, 50) / 7f, (uint)random.Next()))
                .ToArray();
            var keys = new ulong[Reservoir.CapacityFor(k)];
            var found = new Candidate[k];
            fixed (ulong* start = keys)
            {
                var reservoir = new Reservoir(start, k);
                foreach (var candidate in shown)
                {
                    if (candidate.Distance <= reservoir.Threshold)
                    {
                        reservoir.Push(candidate.Distance, candidate.Ordinal);
                    }
                }

                Assert.Equal(Math.Min(k, count), reservoir.Drain(found));
            }

            Assert.True(shown.Order().Take(k).SequenceEqual(found.Take(count)), $"seed {seed}");
        }
    }
}
