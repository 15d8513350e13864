using System.Globalization;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>The graph, built by several threads that take rows from one counter.</summary>
internal sealed class MeasuredHnsw : IMeasuredIndex
{
    private const int ReportEverySeconds = 10;

    private readonly HnswGraph graph;
    private readonly DataSet set;

    public MeasuredHnsw(DataSet set, HnswOptions options, int threads, Clock clock, TextWriter error)
    {
        this.set = set;
        graph = new HnswGraph(new FloatSpace(set.Rows, set.Metric), options, (uint)set.Count);
        var start = clock.Seconds(threads);
        Insert(threads, error);
        graph.RepairReachability();
        BuildSeconds = clock.Seconds(threads) - start;
    }

    /// <summary>From the first insertion to a graph in which every point is reachable; reading the files is not in it.</summary>
    public double BuildSeconds { get; }

    public long Bytes => set.Rows.UsedBytes((uint)set.Count) + graph.Regions.Sum(part => part.UsedBytes);

    public string Describe(int ef) =>
        string.Create(CultureInfo.InvariantCulture, $"hnsw m={graph.Options.M} efc={graph.Options.EfConstruction} ef={ef}");

    public int Search(ReadOnlySpan<float> query, int ef, Span<Candidate> results) =>
        graph.Search(query, results.Length, ef, default(AdmitAll), results, out _);

    public void Dispose() => graph.Dispose();

    private void Insert(int threads, TextWriter error)
    {
        var next = -1;
        var workers = new Task[threads];
        for (var i = 0; i < threads; i++)
        {
            workers[i] = Task.Factory.StartNew(
                () =>
                {
                    for (int row; (row = Interlocked.Increment(ref next)) < set.Count;)
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
            error.WriteLine($"inserted {Math.Min(Volatile.Read(ref next), set.Count)} of {set.Count}");
        }
    }
}
