using System.Diagnostics;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>Runs all queries again and again over one index and measures.</summary>
internal sealed class QueryPasses(QuerySet queries, Truth truth, IMeasuredIndex index, int threads, Clock clock, PassTimes times)
{
    /// <summary>Measured passes over all queries for each point, at least; the median counts.</summary>
    private const int PassesMin = 3;

    private bool isWarm;

    /// <summary>The share of the points to find that was found, over all queries.</summary>
    public double Recall(SearchPoint point)
    {
        Span<Candidate> results = stackalloc Candidate[Truth.K];
        long correct = 0;
        for (var query = 0; query < queries.Count; query++)
        {
            var found = index.Search(query, point, results);
            correct += truth.CountCorrect(query, index.Rows, results[..found]);
        }

        return (double)correct / truth.Wanted;
    }

    /// <summary>Queries per second, the median of the passes, after a pass that is not counted.</summary>
    public double QueriesPerSecond(SearchPoint point)
    {
        var warmUp = Stopwatch.GetTimestamp();
        do
        {
            Pass(point);
        }
        while (!isWarm && Stopwatch.GetElapsedTime(warmUp) < times.FirstWarmUp);
        isWarm = true;

        var seconds = new List<double>();
        while (seconds.Count < PassesMin || seconds.Sum() < times.MeasuredMin.TotalSeconds)
        {
            seconds.Add(Pass(point));
        }

        seconds.Sort();
        var middle = seconds.Count / 2;
        var median = seconds.Count % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2;
        return queries.Count / median;
    }

    /// <summary>Answers every query once, by all threads.</summary>
    /// <returns>Seconds.</returns>
    private double Pass(SearchPoint point)
    {
        if (threads == 1)
        {
            var start = clock.Seconds(threads);
            Span<Candidate> results = stackalloc Candidate[Truth.K];
            for (var query = 0; query < queries.Count; query++)
            {
                index.Search(query, point, results);
            }

            return clock.Seconds(threads) - start;
        }

        var next = -1;
        var started = 0.0;
        using var line = new Barrier(threads, _ => started = clock.Seconds(threads));
        var workers = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            workers[i] = new Thread(() =>
            {
                Span<Candidate> results = stackalloc Candidate[Truth.K];
                line.SignalAndWait();
                for (int query; (query = Interlocked.Increment(ref next)) < queries.Count;)
                {
                    index.Search(query, point, results);
                }
            });
            workers[i].Start();
        }

        foreach (var worker in workers)
        {
            worker.Join();
        }

        return clock.Seconds(threads) - started;
    }
}
