using OrleansVectors.Indexes.Clustering;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Tests.Clustering;

public sealed unsafe class KMeansTests
{
    [Fact]
    public void Far_apart_clusters_each_get_a_centroid_at_their_mean()
    {
        using var rows = new Sample(3, 900, (random, i) => [(i % 3 * 100) + random.NextSingle(), i % 3 * -50, random.NextSingle()]);
        using var centroids = KMeans.Train(rows.Rows, rows.Padded, new KMeansOptions(3, Seed: 1), default);
        var firsts = Enumerable.Range(0, 3).Select(c => centroids[c * rows.Padded]).Order().ToArray();
        Assert.InRange(firsts[0], 0.4f, 0.6f);
        Assert.InRange(firsts[1], 100.4f, 100.6f);
        Assert.InRange(firsts[2], 200.4f, 200.6f);
    }

    [Theory]
    [InlineData(1, 1, 100)]
    [InlineData(7, 5, 50)]
    [InlineData(130, 33, 301)]
    [InlineData(784, 64, 97)]
    [InlineData(16, 1000, 500)]
    public void The_product_of_matrices_finds_the_nearest_centroids(int dim, int clusters, int count)
    {
        const int seed = 5;
        using var rows = new Sample(dim, count, Uniform(dim), seed);
        using var centroids = new Sample(dim, clusters, Uniform(dim), seed + 1);
        using var nearest = new AlignedBuffer<int>(count);
        using var table = new NearestCentroids(centroids.Rows[0], clusters, rows.Padded);
        table.Find(rows.Rows, nearest.Start, 2, default);
        for (var i = 0; i < count; i++)
        {
            var exact = Enumerable.Range(0, clusters).Select(c => rows.Distance(i, centroids, c)).ToArray();
            Assert.True(exact[nearest[i]] <= exact.Min() * (1 + 1e-4) + 1e-5, $"row {i}, seed {seed}");
        }
    }

    [Fact]
    public void The_threads_do_not_show_in_the_centroids()
    {
        using var rows = new Sample(24, 5000, Uniform(24));
        using var alone = KMeans.Train(rows.Rows, rows.Padded, new KMeansOptions(60, Seed: 9), default);
        using var together = KMeans.Train(rows.Rows, rows.Padded, new KMeansOptions(60, Seed: 9, Parallelism: 4), default);
        Assert.True(alone.Span.SequenceEqual(together.Span), "the same seed gives the same centroids");
    }

    [Fact]
    public void Equal_rows_and_fewer_rows_than_clusters_are_clustered_too()
    {
        using var equal = new Sample(5, 200, (_, _) => [1, 2, 3, 4, 5]);
        using var ofEqual = KMeans.Train(equal.Rows, equal.Padded, new KMeansOptions(20, Seed: 1), default);
        Assert.Equal(20 * equal.Padded, ofEqual.Length);
        Assert.All(Enumerable.Range(0, 20), c => Assert.Equal(1, ofEqual[c * equal.Padded]));
        using var ofFew = KMeans.Train(equal.Rows.Slice(0, 7), equal.Padded, new KMeansOptions(20, Seed: 1), default);
        Assert.Equal(7 * equal.Padded, ofFew.Length);
    }

    [Fact]
    public void No_cluster_stays_empty_while_rows_differ()
    {
        // Nearly all rows in one spot, so that most of the first centroids are there and win nothing.
        using var rows = new Sample(4, 4000, (random, i) => i % 100 == 0 ? [random.NextSingle() * 1000, i, 0, 1] : [random.NextSingle() * 1e-3f, 0, 0, 0]);
        using var centroids = KMeans.Train(rows.Rows, rows.Padded, new KMeansOptions(50, Seed: 3), default);
        using var nearest = new AlignedBuffer<int>(4000);
        using var table = new NearestCentroids(centroids.Start, 50, rows.Padded);
        table.Find(rows.Rows, nearest.Start, 1, default);
        Assert.InRange(nearest.Span.ToArray().Distinct().Count(), 48, 50);
    }

    [Fact]
    public void Very_many_clusters_are_made_in_two_levels_and_are_as_many_as_wanted()
    {
        using var rows = new Sample(4, 12000, Uniform(4));
        using var centroids = KMeans.Train(rows.Rows, rows.Padded, new KMeansOptions(KMeansOptions.OneLevelMax + 904, Seed: 3), default);
        Assert.Equal(5000 * rows.Padded, centroids.Length);
        using var nearest = new AlignedBuffer<int>(12000);
        using var table = new NearestCentroids(centroids.Start, 5000, rows.Padded);
        table.Find(rows.Rows, nearest.Start, 2, default);
        Assert.InRange(nearest.Span.ToArray().Distinct().Count(), 4500, 5000);
    }

    [Fact]
    public void A_cancelled_clustering_says_so_and_leaves_no_memory()
    {
        using var rows = new Sample(16, 1000, Uniform(16));
        var before = NativeMemoryUse.BufferBytes;
        var cancelled = new CancellationToken(canceled: true);
        Assert.ThrowsAny<OperationCanceledException>(() => KMeans.Train(rows.Rows, rows.Padded, new KMeansOptions(10, 1), cancelled));
        Assert.InRange(NativeMemoryUse.BufferBytes - before, long.MinValue, 1 << 20);
    }

    private static Func<Random, int, float[]> Uniform(int dim) =>
        (random, _) => [.. Enumerable.Range(0, dim).Select(_ => (random.NextSingle() * 2) - 1)];

    private sealed class Sample : IDisposable
    {
        private readonly AlignedBuffer<float> values;
        private readonly AlignedBuffer<uint> ordinals;

        public Sample(int dim, int count, Func<Random, int, float[]> make, int seed = 11)
        {
            var random = new Random(seed);
            Padded = PaddedRows.PaddedLength(dim);
            values = new AlignedBuffer<float>(count * Padded);
            ordinals = new AlignedBuffer<uint>(count);
            for (var i = 0; i < count; i++)
            {
                make(random, i).CopyTo(values.Span[(i * Padded)..]);
                ordinals[i] = (uint)i;
            }
        }

        public int Padded { get; }

        public SampleRows Rows => new((byte*)values.Start, (nuint)Padded * sizeof(float), ordinals.Start, ordinals.Length);

        public double Distance(int row, Sample others, int other) => ReferenceDistance.Between(
            DistanceMetric.Euclidean, values.Span.Slice(row * Padded, Padded), others.values.Span.Slice(other * Padded, Padded));

        public void Dispose()
        {
            values.Dispose();
            ordinals.Dispose();
        }
    }
}
