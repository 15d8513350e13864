using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Ivf;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Ivf;

public sealed class IvfSearchTests
{
    public static TheoryData<QuantizerKind, DistanceMetric> CodesAndMetrics()
    {
        var all = new TheoryData<QuantizerKind, DistanceMetric>();
        foreach (var kind in (QuantizerKind[])[QuantizerKind.Int8, QuantizerKind.Int4, QuantizerKind.RaBitQ1, QuantizerKind.RaBitQ2, QuantizerKind.RaBitQ4, QuantizerKind.Product, QuantizerKind.RotatedProduct])
        {
            foreach (var metric in (DistanceMetric[])[DistanceMetric.Euclidean, DistanceMetric.Dot, DistanceMetric.Cosine])
            {
                all.Add(kind, metric);
            }
        }

        return all;
    }

    [Theory]
    [InlineData(DistanceMetric.Euclidean)]
    [InlineData(DistanceMetric.Dot)]
    [InlineData(DistanceMetric.Cosine)]
    [InlineData(DistanceMetric.Manhattan)]
    public void Without_codes_and_with_all_lists_the_answer_is_exact(DistanceMetric metric)
    {
        using var built = BuiltIvf.Of(new Clusters(40, 20, metric, seed: 3), metric, new IvfOptions(), 3000);
        Assert.InRange(built.Index.Lists, 100, 300);
        var exact = new Candidate[25];
        var found = new Candidate[25];
        for (var q = 0; q < 40; q++)
        {
            var query = built.Clusters.Next();
            built.Scan.Search(query, 0, 3000, 25, default(AdmitAll), exact);
            Assert.Equal(25, built.Index.Search(query, 25, built.Index.Lists, default(AdmitAll), found, out var stats));
            Assert.Equal(exact, found);
            Assert.Equal(3000, stats.Distances);
            Assert.Equal(built.Index.Lists, stats.Visited);
        }

        Assert.InRange(built.Recall(100, 10, 10, 0, default(AdmitAll)), 0.8, 1);
    }

    [Theory]
    [MemberData(nameof(CodesAndMetrics))]
    public void Codes_estimate_distances_on_the_metrics_own_scale_and_find_the_nearest(QuantizerKind kind, DistanceMetric metric)
    {
        using var built = BuiltIvf.Of(new Clusters(72, 20, metric, seed: 4), metric, new IvfOptions { Codes = kind }, 4000);
        built.AssertSound(BuiltIvf.To(4000));
        var found = new Candidate[4000];
        double error = 0, spread = 0, bias = 0;
        for (var q = 0; q < 5; q++)
        {
            var query = built.Clusters.Next();
            Assert.Equal(4000, built.Index.Search(query, 4000, built.Index.Lists, default(AdmitAll), found, out _));
            var mean = found.Average(c => (double)c.Distance);
            foreach (var candidate in found)
            {
                var exact = Numerics.Kernels.ReferenceDistance.Between(metric, query, built.Rows.Vector(candidate.Ordinal));
                error += Math.Pow(candidate.Distance - exact, 2);
                bias += candidate.Distance - exact;
                spread += Math.Pow(exact - mean, 2);
            }
        }

        // The part of the distances' variance that the codes miss, of their residuals' only.
        var missed = Math.Sqrt(error / spread);
        var bound = kind switch { QuantizerKind.Int8 => 0.02, QuantizerKind.RaBitQ4 or QuantizerKind.Int4 => 0.08, QuantizerKind.RaBitQ1 => 0.5, _ => 0.3 };
        Assert.True(missed < bound, $"{kind} misses {missed:F4} of the spread");
        Assert.True(Math.Abs(bias) / 20000 < 0.15 * Math.Sqrt(spread / 20000), "estimates are near the truth on average");
        Assert.InRange(built.Recall(60, 10, 100, built.Index.Lists / 2, default(AdmitAll)), 0.95, 1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(QuantizerKind.Int8)]
    [InlineData(QuantizerKind.RaBitQ4)]
    [InlineData(QuantizerKind.Product)]
    [InlineData(QuantizerKind.RotatedProduct)]
    public void A_filter_gets_as_many_as_match_however_few(QuantizerKind? kind)
    {
        using var built = BuiltIvf.Of(new Clusters(24, 20, DistanceMetric.Euclidean, seed: 5), DistanceMetric.Euclidean, new IvfOptions { Codes = kind }, 5000);
        foreach (var share in (int[])[2, 20, 500, 2500])
        {
            var live = new bool[5000];
            for (var i = 0; i < 5000; i += share)
            {
                live[i] = true;
            }

            var found = new Candidate[10];
            for (var q = 0; q < 20; q++)
            {
                var count = built.Index.Search(built.Clusters.Next(), 10, 1, new LiveSet(live), found, out var stats);
                Assert.Equal(Math.Min(10, 5000 / share), count);
                Assert.True(kind is not null || stats.Distances <= 5000 / share, "refused rows are not scored");
                Assert.True(share < 500 || stats.Distances < 2500, $"a selective filter skips blocks before scoring: {stats.Distances} scored");
            }

            Assert.InRange(built.Recall(20, 10, 50, built.Index.Lists, new LiveSet(live)), 0.97, 1);
        }

        Assert.Equal(0, built.Index.Search(built.Clusters.Next(), 10, 1, new LiveSet([]), new Candidate[10], out _));
    }

    [Fact]
    public void Odd_requests_are_answered_or_refused()
    {
        var clusters = new Clusters(8, 5, DistanceMetric.Euclidean, seed: 6);
        using var built = new BuiltIvf(clusters, DistanceMetric.Euclidean, new IvfOptions { Codes = QuantizerKind.Int8 }, 100);
        var results = new Candidate[10];
        Assert.False(built.Index.IsTrained);
        Assert.Equal(0, built.Index.Search(clusters.Next(), 10, 0, default(AdmitAll), results, out _));
        Assert.Throws<InvalidOperationException>(() => built.Index.Insert(0));
        Assert.Throws<ArgumentException>(() => built.Index.Train([]));
        clusters.Fill(built.Rows, 0, 50);
        built.Index.Train(BuiltIvf.To(50));
        Assert.Throws<InvalidOperationException>(() => built.Index.Train(BuiltIvf.To(50)));
        Assert.Equal(0, built.Index.Search(clusters.Next(), 10, 0, default(AdmitAll), results, out _));
        built.Index.Insert(3);
        Assert.True(built.Index.Contains(3));
        Assert.False(built.Index.Contains(4));
        Assert.Throws<InvalidOperationException>(() => built.Index.Insert(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => built.Index.Insert(100));
        Assert.Throws<ArgumentException>(() => built.Index.Search(new float[7], 10, 0, default(AdmitAll), results, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => built.Index.Search(new float[8], 11, 0, default(AdmitAll), results, out _));
        Assert.Throws<OperationCanceledException>(
            () => built.Index.Search(clusters.Next(), 10, 0, default(AdmitAll), results, out _, new CancellationToken(canceled: true)));
        Assert.Equal(1, built.Index.Search(clusters.Next(), 10, 1000, default(AdmitAll), results, out _));
        Assert.Equal(0, built.Index.Search(clusters.Next(), 0, 0, default(AdmitAll), results, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IvfIndex(built.Space, new IvfOptions { Codes = QuantizerKind.BFloat16 }, 10, built.Gate));
        using var manhattan = new BuiltIvf(clusters, DistanceMetric.Manhattan, new IvfOptions(), 10);
        Assert.Throws<ArgumentException>(() => new IvfIndex(manhattan.Space, new IvfOptions { Codes = QuantizerKind.Int8 }, 10, built.Gate));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(QuantizerKind.Int8)]
    [InlineData(QuantizerKind.Int4)]
    [InlineData(QuantizerKind.RaBitQ1)]
    [InlineData(QuantizerKind.RaBitQ2)]
    [InlineData(QuantizerKind.RaBitQ4)]
    [InlineData(QuantizerKind.Product)]
    [InlineData(QuantizerKind.RotatedProduct)]
    public void Degenerate_vectors_are_found(QuantizerKind? kind)
    {
        foreach (var dim in (int[])[1, 2, 3, 17, kind == QuantizerKind.RotatedProduct ? 512 : 4096])
        {
            foreach (var metric in (DistanceMetric[])[DistanceMetric.Euclidean, DistanceMetric.Dot])
            {
                using var built = new BuiltIvf(new Clusters(dim, 2, metric, seed: 7), metric, new IvfOptions { Codes = kind, Lists = 8 }, 60);
                var equal = Enumerable.Repeat(0.25f, dim).ToArray();
                for (uint i = 0; i < 40; i++)
                {
                    built.Rows.Write(i, i < 35 ? equal : new float[dim]);
                }

                // Fewer vectors than lists to learn from, all the same.
                built.Index.Train([0, 1, 2]);
                Assert.Equal(3, built.Index.Lists);
                built.Index.InsertMany(BuiltIvf.To(40));
                built.AssertSound(BuiltIvf.To(40));
                var found = new Candidate[40];
                Assert.Equal(40, built.Index.Search(equal, 40, 3, default(AdmitAll), found, out _));
                Assert.Equal(BuiltIvf.To(40), found.Select(c => c.Ordinal).Order());
                var nearest = metric == DistanceMetric.Euclidean ? 0 : -0.0625 * dim;
                Assert.All(found.Where(c => c.Ordinal < 35), c => Assert.InRange(c.Distance, nearest - (1e-3 * dim), nearest + (1e-3 * dim)));
                built.Index.Remove(BuiltIvf.To(40));
                built.AssertSound([]);
                Assert.Equal(0, built.Index.Search(equal, 40, 3, default(AdmitAll), found, out _));
            }
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_answers_for_any_number_of_threads()
    {
        var answers = new List<Candidate[]>();
        foreach (var parallelism in (int[])[1, 3])
        {
            var clusters = new Clusters(32, 20, DistanceMetric.Euclidean, seed: 8);
            using var built = new BuiltIvf(clusters, DistanceMetric.Euclidean, new IvfOptions { Codes = QuantizerKind.Product }, 3000);
            clusters.Fill(built.Rows, 0, 3000);
            built.Index.Train(BuiltIvf.To(3000), parallelism);
            built.Index.InsertMany(BuiltIvf.To(3000), parallelism);
            var found = new Candidate[50];
            built.Index.Search(clusters.Next(), 50, 5, default(AdmitAll), found, out _);
            answers.Add(found);
        }

        Assert.Equal(answers[0], answers[1]);
    }

    [Fact]
    public void A_cancelled_training_leaves_the_index_untrained_and_it_can_be_trained_again()
    {
        var clusters = new Clusters(32, 20, DistanceMetric.Euclidean, seed: 9);
        using var built = new BuiltIvf(clusters, DistanceMetric.Euclidean, new IvfOptions { Codes = QuantizerKind.Product }, 2000);
        clusters.Fill(built.Rows, 0, 2000);
        Assert.ThrowsAny<OperationCanceledException>(() => built.Index.Train(BuiltIvf.To(2000), 2, new CancellationToken(canceled: true)));
        Assert.False(built.Index.IsTrained);
        Assert.Equal(0, built.Index.Lists);
        built.Index.Train(BuiltIvf.To(2000), 2);
        built.Index.InsertMany(BuiltIvf.To(2000));
        built.AssertSound(BuiltIvf.To(2000));
    }

    [Theory]
    [InlineData(null, DistanceMetric.Dot)]
    [InlineData(QuantizerKind.Product, DistanceMetric.Euclidean)]
    public void A_calibrated_index_reaches_the_wanted_recall_with_a_part_of_its_lists(QuantizerKind? kind, DistanceMetric metric)
    {
        using var built = BuiltIvf.Of(new Clusters(32, 30, metric, seed: 12), metric, new IvfOptions { Codes = kind }, 6000);
        foreach (var target in (double[])[0.8, 0.97])
        {
            var lists = built.Index.CalibrateNProbe(target);
            Assert.Equal(lists, built.Index.NProbe);
            Assert.InRange(lists, 1, built.Index.Lists / 2);
            var recall = built.Recall(100, 10, 60, 0, default(AdmitAll));
            Assert.True(recall > target - 0.02, $"{lists} of {built.Index.Lists} lists reach {recall:F3}, {target} is wanted");
        }

        built.Index.Remove(BuiltIvf.To(6000));
        Assert.Equal(built.Index.NProbe, built.Index.CalibrateNProbe(0.5));
    }

    [Fact]
    public void Vectors_from_elsewhere_are_noticed_as_drift()
    {
        var clusters = new Clusters(16, 20, DistanceMetric.Euclidean, seed: 10);
        using var built = BuiltIvf.Of(clusters, DistanceMetric.Euclidean, new IvfOptions { Lists = 64 }, 12000, capacity: 30000);
        Assert.False(built.Index.NeedsRetraining, built.Index.Drift.ToString());
        new Clusters(16, 20, DistanceMetric.Euclidean, seed: 11).Fill(built.Rows, 12000, 24000);
        for (uint i = 12000; i < 24000; i++)
        {
            built.Index.Insert(i);
        }

        Assert.True(built.Index.NeedsRetraining, built.Index.Drift.ToString());
    }
}
