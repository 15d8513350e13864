using System.Diagnostics;
using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Hnsw;

public sealed class HnswConcurrencyTests
{
    [Fact]
    public void Several_threads_insert_while_others_search_and_every_point_is_reachable_afterwards()
    {
        const int count = 12000;
        const int seed = 21;
        var clusters = new Clusters(24, 20, DistanceMetric.Euclidean, seed);
        using var rows = new VectorRows("concurrent", 24, count);
        using var graph = new HnswGraph(new FloatSpace(rows, DistanceMetric.Euclidean), new HnswOptions(), count);
        clusters.Fill(rows, 0, count);
        var begun = new bool[count];
        var queries = Enumerable.Range(0, 100).Select(_ => clusters.Next()).ToArray();
        var next = -1;
        var done = false;
        var threads = new List<Thread>();
        var failures = new List<Exception>();
        for (var t = 0; t < 4; t++)
        {
            threads.Add(Start(failures, () =>
            {
                for (int i; (i = Interlocked.Increment(ref next)) < count;)
                {
                    Volatile.Write(ref begun[i], true);
                    graph.Insert((uint)i);
                }
            }));
        }

        for (var t = 0; t < 3; t++)
        {
            var random = new Random(seed + t);
            threads.Add(Start(failures, () =>
            {
                var found = new Candidate[10];
                while (!Volatile.Read(ref done))
                {
                    var before = graph.Count;
                    var hits = graph.Search(queries[random.Next(queries.Length)], 10, 40, default(AdmitAll), found, out _);
                    Assert.True(hits == 10 || before < 100, $"{hits} hits among at least {before} points");
                    for (var i = 0; i < hits; i++)
                    {
                        Assert.True(Volatile.Read(ref begun[found[i].Ordinal]), "only ordinals whose insertion has begun are found");
                    }
                }
            }));
        }

        threads.Take(4).ToList().ForEach(thread => thread.Join());
        Volatile.Write(ref done, true);
        threads.ForEach(thread => thread.Join());
        Assert.Empty(failures);
        graph.RepairReachability();
        Assert.Empty(HnswInvariants.Check(graph, [.. Enumerable.Range(0, count).Select(i => (uint)i)]));
        Assert.InRange(Recall.At10(graph, clusters, 100, 64, default(AdmitAll)), 0.97, 1);
    }

    [Fact]
    public void Insertions_removals_reuse_and_searches_go_on_side_by_side()
    {
        const int capacity = 6000;
        const int seed = 22;
        var clusters = new Clusters(16, 20, DistanceMetric.Euclidean, seed);
        using var rows = new VectorRows("concurrent", 16, capacity);
        using var graph = new HnswGraph(new FloatSpace(rows, DistanceMetric.Euclidean), new HnswOptions(), capacity);
        var gate = new ReaderGate();
        var live = new bool[capacity];
        var queries = Enumerable.Range(0, 100).Select(_ => clusters.Next()).ToArray();
        var fresh = Enumerable.Range(0, 2000).Select(_ => clusters.Next()).ToArray();
        var free = new System.Collections.Concurrent.ConcurrentQueue<uint>(Enumerable.Range(0, capacity).Select(i => (uint)i));
        var watch = Stopwatch.StartNew();
        var failures = new List<Exception>();
        var threads = new List<Thread>();
        for (var t = 0; t < 2; t++)
        {
            var random = new Random(seed + t);
            threads.Add(Start(failures, () =>
            {
                while (watch.ElapsedMilliseconds < 3000)
                {
                    if (free.TryDequeue(out var ordinal))
                    {
                        rows.Write(ordinal, fresh[random.Next(fresh.Length)]);
                        graph.Insert(ordinal);
                        Volatile.Write(ref live[ordinal], true);
                    }
                }
            }));
            threads.Add(Start(failures, () =>
            {
                var found = new Candidate[10];
                while (watch.ElapsedMilliseconds < 3000)
                {
                    var pass = gate.Enter();
                    graph.Search(queries[random.Next(queries.Length)], 10, 40, new LiveSet(live), found, out _);
                    gate.Exit(pass);
                }
            }));
        }

        threads.Add(Start(failures, () =>
        {
            var random = new Random(seed);
            while (watch.ElapsedMilliseconds < 3000)
            {
                var dead = Enumerable.Range(0, capacity).Where(i => Volatile.Read(ref live[i]) && random.Next(5) == 0).Select(i => (uint)i).ToArray();
                foreach (var ordinal in dead)
                {
                    Volatile.Write(ref live[ordinal], false);
                }

                graph.Remove(dead);
                gate.WaitForReaders();
                foreach (var ordinal in dead)
                {
                    // Poisoned, so that a walk that still came here would be seen.
                    rows.Write(ordinal, [.. Enumerable.Repeat(float.NaN, 16)]);
                    free.Enqueue(ordinal);
                }
            }
        }));

        threads.ForEach(thread => thread.Join());
        Assert.Empty(failures);
        graph.RepairReachability();
        uint[] nodes = [.. Enumerable.Range(0, capacity).Where(i => live[i]).Select(i => (uint)i)];
        Assert.Empty(HnswInvariants.Check(graph, nodes));
        Assert.InRange(Recall.At10(graph, clusters, 100, 64, new LiveSet(live)), 0.97, 1);
    }

    private static Thread Start(List<Exception> failures, Action action)
    {
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                lock (failures)
                {
                    failures.Add(exception);
                }
            }
        });
        thread.Start();
        return thread;
    }
}
