using System.Diagnostics;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>Runs all queries again and again over one index and measures.</summary>
internal sealed class QueryPasses(DataSet set, IMeasuredIndex index, int threads, Clock clock, PassTimes times)
{
    /// <summary>Measured passes over all queries for each point, at least; the median counts.</summary>
    private const int PassesMin = 3;

    private bool isWarm;

    /// <summary>The share of correct points among the 10 returned, over all queries.</summary>
    public double Recall(int ef)
    {
        Span<Candidate> results = stackalloc Candidate[DataSet.K];
        long correct = 0;
        for (var query = 0; query < set.QueryCount; query++)
        {
            var found = index.Search(set.Query(query), ef, results);
            correct += set.CountCorrect(query, results[..found]);
        }

        return (double)correct / ((long)set.QueryCount * DataSet.K);
    }

    /// <summary>Queries per second, the median of the passes, after a pass that is not counted.</summary>
    public double QueriesPerSecond(int ef)
    {
        var warmUp = Stopwatch.GetTimestamp();
        do
        {
            Pass(ef);
        }
        while (!isWarm && Stopwatch.GetElapsedTime(warmUp) < times.FirstWarmUp);
        isWarm = true;

        var seconds = new List<double>();
        while (seconds.Count < PassesMin || seconds.Sum() < times.MeasuredMin.TotalSeconds)
        {
            seconds.Add(Pass(ef));
        }

        seconds.Sort();
        var middle = seconds.Count / 2;
        var median = seconds.Count % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2;
        return set.QueryCount / median;
    }

    /// <summary>Answers every query once, by all threads.</summary>
    /// <returns>Seconds.</returns>
    private double Pass(int ef)
    {
        if (threads == 1)
        {
            var start = clock.Seconds(threads);
            Span<Candidate> results = stackalloc Candidate[DataSet.K];
            for (var query = 0; query < set.QueryCount; query++)
            {
                index.Search(set.Query(query), ef, results);
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
                Span<Candidate> results = stackalloc Candidate[DataSet.K];
                line.SignalAndWait();
                for (int query; (query = Interlocked.Increment(ref next)) < set.QueryCount;)
                {
                    index.Search(set.Query(query), ef, results);
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
