using System.Collections.Concurrent;
using System.Diagnostics;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Ivf;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Ivf;

public sealed class IvfConcurrencyTests
{
    private const int DurationMs = 1500;

    [Theory]
    [InlineData(null, 21)]
    [InlineData(QuantizerKind.Product, 22)]
    [InlineData(QuantizerKind.RotatedProduct, 23)]
    [InlineData(QuantizerKind.Int8, 23)]
    public void While_all_else_changes_what_stays_is_found_by_every_search_once_and_with_its_own_distance(QuantizerKind? kind, int seed)
    {
        const int staying = 300;
        const int capacity = 3000;
        var clusters = new Clusters(16, 6, DistanceMetric.Euclidean, seed);
        using var built = new BuiltIvf(clusters, DistanceMetric.Euclidean, new IvfOptions { Codes = kind, Lists = 8 }, capacity);
        clusters.Fill(built.Rows, 0, capacity);
        built.Index.Train(BuiltIvf.To(capacity));
        built.Index.InsertMany(BuiltIvf.To(staying));
        var query = clusters.Next();
        var expected = new Candidate[capacity];
        Assert.Equal(staying, built.Index.Search(query, staying, 8, default(AdmitAll), expected, out _));
        var distances = expected.Take(staying).ToDictionary(c => c.Ordinal, c => c.Distance);
        var free = new ConcurrentQueue<uint>(Enumerable.Range(staying, capacity - staying).Select(i => (uint)i));
        var live = new ConcurrentQueue<uint>();
        var failures = new ConcurrentQueue<Exception>();
        var watch = Stopwatch.StartNew();
        var threads = new List<Thread>();
        var searches = 0;
        for (var t = 0; t < 2; t++)
        {
            var random = new Random(seed + t);
            threads.Add(Start(failures, () =>
            {
                while (watch.ElapsedMilliseconds < DurationMs)
                {
                    if (free.TryDequeue(out var ordinal))
                    {
                        // Some of what comes and goes lies where the query is, so that it is among the candidates.
                        built.Rows.Write(ordinal, random.Next(3) == 0 ? query : clusters.NextFor(random));
                        built.Index.Insert(ordinal);
                        live.Enqueue(ordinal);
                    }
                }
            }));
            threads.Add(Start(failures, () =>
            {
                var found = new Candidate[capacity];
                while (watch.ElapsedMilliseconds < DurationMs)
                {
                    var pass = built.Gate.Enter();
                    var count = built.Index.Search(query, capacity, 8, default(AdmitAll), found, out _);
                    built.Gate.Exit(pass);
                    Interlocked.Increment(ref searches);
                    var seen = new HashSet<uint>();
                    for (var i = 0; i < count; i++)
                    {
                        Assert.True(seen.Add(found[i].Ordinal), $"ordinal {found[i].Ordinal} is found twice, seed {seed}");
                        Assert.True(
                            !distances.TryGetValue(found[i].Ordinal, out var distance) || distance.Equals(found[i].Distance),
                            $"ordinal {found[i].Ordinal} has another's distance, seed {seed}");
                        Assert.False(float.IsNaN(found[i].Distance), $"ordinal {found[i].Ordinal} was scored after it was poisoned, seed {seed}");
                    }

                    Assert.True(distances.Keys.All(seen.Contains), $"what stays is found, seed {seed}");
                }
            }));
        }

        threads.Add(Start(failures, () =>
        {
            var dead = new List<uint>();
            var poison = Enumerable.Repeat(float.NaN, 16).ToArray();
            while (watch.ElapsedMilliseconds < DurationMs)
            {
                while (dead.Count < 400 && live.TryDequeue(out var ordinal))
                {
                    dead.Add(ordinal);
                }

                Assert.Equal(dead.Count, built.Index.Remove([.. dead]));
                built.Gate.WaitForReaders();
                foreach (var ordinal in dead)
                {
                    // Poisoned, so that a search that still came here would be seen.
                    built.Rows.Write(ordinal, poison);
                    free.Enqueue(ordinal);
                }

                dead.Clear();
            }
        }));
        threads.ForEach(thread => thread.Join());
        Assert.Empty(failures);
        Assert.True(searches > 10, "searches went on meanwhile");
        built.AssertSound([.. BuiltIvf.To(staying), .. live]);
    }

    private static Thread Start(ConcurrentQueue<Exception> failures, Action action)
    {
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
            }
        });
        thread.Start();
        return thread;
    }
}
