using System.Diagnostics;
using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Churn;

/// <summary>Threads that search one query after another until told to stop, and how long each search took.</summary>
internal sealed class SearchLoad
{
    private readonly Thread[] threads;
    private readonly List<double>[] seconds;
    private volatile bool isStopping;
    private Exception? failure;

    /// <summary>Starts them.</summary>
    public SearchLoad(ChurningGraph graph, QuerySet queries, int ef, int threadCount)
    {
        threads = new Thread[threadCount];
        seconds = new List<double>[threadCount];
        for (var i = 0; i < threadCount; i++)
        {
            var times = seconds[i] = [];
            var first = i;
            threads[i] = new Thread(() => Search(graph, queries, ef, first, times));
            threads[i].Start();
        }
    }

    /// <summary>Ends them; what a search threw is thrown here.</summary>
    /// <returns>How long each search took, in seconds, shortest first.</returns>
    public double[] Stop()
    {
        isStopping = true;
        foreach (var thread in threads)
        {
            thread.Join();
        }

        if (failure is not null)
        {
            throw new InvalidOperationException("a search failed while points came and went", failure);
        }

        var all = seconds.SelectMany(times => times).ToArray();
        Array.Sort(all);
        return all;
    }

    private void Search(ChurningGraph graph, QuerySet queries, int ef, int first, List<double> times)
    {
        try
        {
            Span<Candidate> results = stackalloc Candidate[Truth.K];
            for (var query = first; !isStopping; query++)
            {
                var start = Stopwatch.GetTimestamp();
                graph.Search(queries[query % queries.Count], ef, results);
                times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }
    }
}
