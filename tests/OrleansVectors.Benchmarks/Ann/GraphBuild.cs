using OrleansVectors.Indexes.Hnsw;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>Fills a graph by several threads that take ordinals from one counter.</summary>
internal static class GraphBuild
{
    private const int ReportEverySeconds = 10;

    /// <summary>Inserts the ordinals below <paramref name="count"/> and makes each reachable.</summary>
    /// <returns>Seconds from the first insertion to a graph in which every point is reachable.</returns>
    public static double Fill(HnswGraph graph, int count, int threads, Clock clock, TextWriter error)
    {
        var start = clock.Seconds(threads);
        var next = -1;
        var workers = new Task[threads];
        for (var i = 0; i < threads; i++)
        {
            workers[i] = Task.Factory.StartNew(
                () =>
                {
                    for (int row; (row = Interlocked.Increment(ref next)) < count;)
                    {
                        graph.Insert((uint)row);
                    }
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }

        while (!Task.WaitAll(workers, TimeSpan.FromSeconds(ReportEverySeconds)))
        {
            error.WriteLine($"inserted {Math.Min(Volatile.Read(ref next), count)} of {count}");
        }

        graph.RepairReachability();
        return clock.Seconds(threads) - start;
    }
}
