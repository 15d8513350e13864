using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Hnsw;

public sealed class HnswChurnTests
{
    private const int Points = 3000;
    private const int Rounds = 8;

    /// <summary>How far recall after the churn may be below that of a graph built afresh.</summary>
    private const double RecallLossMax = 0.005;

    public enum Pattern
    {
        Uniform,
        SlidingWindow,
        ClusterDelete,
        DeleteAllRefill,
        HotKey,
    }

    [Theory]
    [InlineData(Pattern.Uniform, DistanceMetric.Euclidean)]
    [InlineData(Pattern.Uniform, DistanceMetric.Cosine)]
    [InlineData(Pattern.SlidingWindow, DistanceMetric.Euclidean)]
    [InlineData(Pattern.ClusterDelete, DistanceMetric.Euclidean)]
    [InlineData(Pattern.ClusterDelete, DistanceMetric.Manhattan)]
    [InlineData(Pattern.DeleteAllRefill, DistanceMetric.Euclidean)]
    [InlineData(Pattern.HotKey, DistanceMetric.Euclidean)]
    public void After_churn_the_graph_is_sound_and_as_good_as_new(Pattern pattern, DistanceMetric metric)
    {
        const int seed = 11;
        using var churn = new Churn(metric, seed);
        for (var round = 0; round < Rounds; round++)
        {
            churn.Round(pattern);
            churn.AssertSound($"{pattern}, {metric}, seed {seed}, round {round}");
        }

        var (churned, fresh) = churn.RecallAgainstFresh();
        Assert.True(churned >= fresh - RecallLossMax, $"{pattern}, {metric}, seed {seed}: recall {churned:f4}, a fresh graph has {fresh:f4}");
    }

    [Fact]
    public void A_graph_whose_points_are_all_removed_is_empty_and_can_be_filled_again()
    {
        using var built = BuiltGraph.Of(new Clusters(8, 3, DistanceMetric.Euclidean, seed: 2), DistanceMetric.Euclidean, 500);
        uint[] all = [.. Enumerable.Range(0, 500).Select(i => (uint)i)];
        built.Graph.Remove(all);
        Assert.Equal(0, built.Graph.Count);
        Assert.Empty(HnswInvariants.Check(built.Graph, []));
        foreach (var ordinal in all)
        {
            built.Graph.Insert(ordinal);
        }

        built.Graph.RepairReachability();
        built.AssertSound();
    }

    [Fact]
    public void A_cancelled_removal_is_completed_by_the_next_one()
    {
        using var built = BuiltGraph.Of(new Clusters(8, 3, DistanceMetric.Euclidean, seed: 2), DistanceMetric.Euclidean, 500);
        Assert.ThrowsAny<OperationCanceledException>(() => built.Graph.Remove([3, 4, 5], new CancellationToken(true)));
        Assert.False(built.Graph.Contains(3));
        built.Graph.Remove([]);
        Assert.Empty(HnswInvariants.Check(built.Graph, [.. Enumerable.Range(0, 500).Where(i => i is < 3 or > 5).Select(i => (uint)i)]));
    }

    /// <summary>A graph under change: ordinals are reused as soon as they are free, as a partition does.</summary>
    private sealed class Churn : IDisposable
    {
        private const uint Capacity = Points * 2;
        private const int ClusterCount = 20;

        private readonly Random random;
        private readonly DistanceMetric metric;
        private readonly Clusters clusters;
        private readonly VectorRows rows;
        private readonly HnswGraph graph;
        private readonly List<uint> live = [];
        private readonly Dictionary<uint, int> clusterOf = [];
        private readonly Stack<uint> free = new(Enumerable.Range(0, (int)Capacity).Select(i => Capacity - 1 - (uint)i));

        public Churn(DistanceMetric metric, int seed)
        {
            random = new Random(seed);
            this.metric = metric;
            clusters = new Clusters(16, ClusterCount, metric, seed);
            rows = new VectorRows("churn", 16, Capacity);
            graph = new HnswGraph(new FloatSpace(rows, metric), new HnswOptions(), Capacity);
            Add(Points);
            graph.RepairReachability();
        }

        public void Round(Pattern pattern)
        {
            List<uint> dead = pattern switch
            {
                Pattern.Uniform => [.. live.Where(_ => random.Next(4) == 0)],
                Pattern.SlidingWindow => live[..(live.Count / 3)],
                Pattern.ClusterDelete => InClusters(random.Next(ClusterCount), random.Next(ClusterCount), random.Next(ClusterCount)),
                Pattern.DeleteAllRefill => [.. live],
                Pattern.HotKey => [live[^1]],
                _ => throw new ArgumentOutOfRangeException(nameof(pattern)),
            };

            // Hot keys are written many times between two removals; elsewhere what goes is replaced.
            var added = pattern == Pattern.HotKey ? 300 : dead.Count;
            if (pattern == Pattern.HotKey)
            {
                var vector = clusters.Next(0);
                for (var i = 0; i < added; i++)
                {
                    dead.Add(Add(vector, 0));
                }

                dead.RemoveAt(dead.Count - 1);
            }

            graph.Remove(dead.ToArray());
            var gone = dead.ToHashSet();
            live.RemoveAll(gone.Contains);
            foreach (var ordinal in dead)
            {
                free.Push(ordinal);
            }

            if (pattern != Pattern.HotKey)
            {
                Add(added);
                graph.RepairReachability();
            }
        }

        public void AssertSound(string where) => Assert.True(HnswInvariants.Check(graph, live) is [], $"{where}: {string.Join("; ", HnswInvariants.Check(graph, live).Take(5))}");

        public (double Churned, double Fresh) RecallAgainstFresh()
        {
            using var freshRows = new VectorRows("fresh", 16, Capacity);
            using var fresh = new HnswGraph(new FloatSpace(freshRows, metric), new HnswOptions(), Capacity);
            var table = new bool[Capacity];
            foreach (var ordinal in live.Order())
            {
                table[ordinal] = true;
                freshRows.Write(ordinal, rows.Vector(ordinal));
                fresh.Insert(ordinal);
            }

            for (uint ordinal = 0; ordinal < graph.OrdinalsEnd; ordinal++)
            {
                if (!table[ordinal])
                {
                    freshRows.Write(ordinal, rows.Vector(0));
                }
            }

            return (Recall.At10(graph, clusters, 200, 24, new LiveSet(table)), Recall.At10(fresh, clusters, 200, 24, new LiveSet(table)));
        }

        public void Dispose()
        {
            graph.Dispose();
            rows.Dispose();
        }

        private List<uint> InClusters(params int[] which) => [.. live.Where(ordinal => which.Contains(clusterOf[ordinal]))];

        private void Add(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var cluster = random.Next(ClusterCount);
                Add(clusters.Next(cluster), cluster);
            }
        }

        private uint Add(float[] vector, int cluster)
        {
            var ordinal = free.Pop();
            rows.Write(ordinal, vector);
            graph.Insert(ordinal);
            live.Add(ordinal);
            clusterOf[ordinal] = cluster;
            return ordinal;
        }
    }
}
