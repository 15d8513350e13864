using System.Globalization;
using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Indexes.Hnsw;

namespace OrleansVectors.Benchmarks.Churn;

/// <summary>
/// Changes a graph through whole turnovers while others search it, then measures it, and beside it a graph freshly built
/// over the same points.
/// </summary>
internal sealed class ChurnRun(DataSet set, AnnOptions options, PassTimes times, ResultLines lines, TextWriter error)
{
    private const int LoadEf = 64;
    private const double Micro = 1e6;

    private readonly HnswOptions graphOptions = new(options.M, options.EfConstruction);

    /// <exception cref="BadArgumentException">The plan cannot be saved.</exception>
    public void Run()
    {
        var plan = ChurnPlan.Create(set, options.ChurnKind, options.Churn!.Value);
        if (options.ChurnSave is { } path)
        {
            plan.Save("--churn-save", path);
        }

        var last = Array.ConvertAll(plan.Last(), row => (uint)row);
        var truth = Truth.Compute(set.Metric, set.Queries, set.Rows, _ => last);
        var name = string.Create(CultureInfo.InvariantCulture, $"churn={options.ChurnKind.ToString().ToLowerInvariant()}:{options.Churn}");
        using (var changed = new ChurningGraph(set, plan.First, graphOptions, options.Quantizer, options.BuildThreads, options.Clock, error))
        {
            var idle = Idle(changed);
            var (seconds, busy) = Change(changed, plan);
            var unreachable = last.Length - HnswInvariants.CountReachable(changed.Graph);
            var relinked = changed.Graph.RepairReachability();
            var note = string.Create(
                CultureInfo.InvariantCulture,
                $"{name} live={last.Length} reachable={last.Length - unreachable} relinked={relinked} update-us={seconds / plan.Steps.Length * Micro:F0} idle-p50-us={Percentile.Of(idle, 50) * Micro:F0} idle-p99-us={Percentile.Of(idle, 99) * Micro:F0} p50-us={Percentile.Of(busy, 50) * Micro:F0} p99-us={Percentile.Of(busy, 99) * Micro:F0}");
            var measured = new MeasuredHnsw(changed.Graph, changed.Rows, set.Queries, seconds);
            Measure(measured, truth, note);
        }

        using var newest = new ChurningGraph(set, Array.ConvertAll(last, row => (int)row), graphOptions, options.Quantizer, options.BuildThreads, options.Clock, error);
        var fresh = new MeasuredHnsw(newest.Graph, newest.Rows, set.Queries, newest.BuildSeconds);
        Measure(fresh, truth, $"{name} fresh live={last.Length} reachable={HnswInvariants.CountReachable(newest.Graph)}");
    }

    private double[] Idle(ChurningGraph graph)
    {
        var load = new SearchLoad(graph, set.Queries, LoadEf, options.ChurnSearchers);
        Thread.Sleep(times.FirstWarmUp);
        load.Stop();
        load = new SearchLoad(graph, set.Queries, LoadEf, options.ChurnSearchers);
        Thread.Sleep(times.MeasuredMin);
        return load.Stop();
    }

    /// <returns>Seconds that the changes took, and the searches' meanwhile.</returns>
    private (double Seconds, double[] Searches) Change(ChurningGraph graph, ChurnPlan plan)
    {
        var reportEvery = Math.Max(1, plan.Steps.Length / options.Churn!.Value);
        var load = new SearchLoad(graph, set.Queries, LoadEf, options.ChurnSearchers);
        var start = Clock.Wall.Seconds(1);
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            graph.Apply(plan.Steps[i]);
            if ((i + 1) % reportEvery == 0)
            {
                error.WriteLine($"{(i + 1) / reportEvery} of {options.Churn} turnovers");
            }
        }

        graph.Consolidate();
        return (Clock.Wall.Seconds(1) - start, load.Stop());
    }

    private void Measure(MeasuredHnsw index, Truth truth, string note)
    {
        var passes = new QueryPasses(set.Queries, truth, index, options.Threads, options.Clock, times);
        foreach (var ef in options.Ef)
        {
            var point = new SearchPoint(ef, options.Rescore ?? Codes.OrdinaryRescore(options.Quantizer, ef));
            lines.Print(
                set.Name, $"{index.Describe(point)} {note}", options.Threads, passes.Recall(point), passes.QueriesPerSecond(point), index.BuildSeconds, index.Bytes);
        }
    }
}
