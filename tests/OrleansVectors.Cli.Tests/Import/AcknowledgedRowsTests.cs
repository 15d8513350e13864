using OrleansVectors.Cli.Import;
using OrleansVectors.Cli.Points;

namespace OrleansVectors.Cli.Tests.Import;

public sealed class AcknowledgedRowsTests
{
    [Fact]
    public void Rows_count_only_when_none_before_them_is_missing()
    {
        AcknowledgedRows rows = new(start: 10, fractionAtStart: 0.1);

        rows.Add(Batch(30, 40, fraction: 0.4));
        rows.Add(Batch(20, 30, fraction: 0.3));
        Assert.Equal((10, 0.1), (rows.Contiguous, rows.Sample.Fraction));

        rows.Add(Batch(10, 20, fraction: 0.2, bad: 3));
        Assert.Equal((40, 0.4), (rows.Contiguous, rows.Sample.Fraction));
        Assert.Equal(3, rows.BadRows);
    }

    [Fact]
    public void In_any_order_of_confirmations_the_count_never_runs_ahead_of_a_missing_batch()
    {
        const int Seed = 11;
        Random random = new(Seed);
        for (int round = 0; round < 100; round++)
        {
            long[] order = [.. Enumerable.Range(0, 20).Select(i => i * 5L)];
            random.Shuffle(order);
            AcknowledgedRows rows = new(start: 0, fractionAtStart: 0);
            HashSet<long> confirmed = [];
            foreach (long first in order)
            {
                rows.Add(Batch(first, first + 5, fraction: 0));
                confirmed.Add(first);
                long expected = 0;
                while (confirmed.Contains(expected))
                {
                    expected += 5;
                }

                Assert.True(expected == rows.Contiguous, $"seed {Seed}, round {round}: {rows.Contiguous} instead of {expected}");
            }
        }
    }

    private static PointBatch Batch(long first, long end, double fraction, int bad = 0)
        => new("", first) { EndRow = end, FractionRead = fraction, BadRows = bad };
}
