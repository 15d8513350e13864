using System.Globalization;
using OrleansVectors.Benchmarks.Churn;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Vectors;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>Reads, builds, measures, and prints a line for each point as soon as it is known.</summary>
internal sealed class AnnRun(TextWriter output, TextWriter error, PassTimes times)
{
    /// <summary>The most candidates or lists that the search for a recall tries.</summary>
    private const int TargetEffortMax = 8192;

    private readonly ResultLines lines = new(output);

    /// <returns>Whether the recall that was asked for was reached.</returns>
    /// <exception cref="BadArgumentException">An argument cannot be used.</exception>
    public bool Run(AnnOptions options)
    {
        using var set = DataSet.Load(options, error);
        if (options.Churn is not null)
        {
            new ChurnRun(set, options, times, lines, error).Run();
            return true;
        }

        var filters = options.FilterSelectivity is { } share ? QueryFilters.Create(set, share, options.FilterKind) : null;
        if (filters is not null && options.FilterSave is { } path)
        {
            filters.Save("--filter-save", path);
        }

        var truth = filters is null ? set.Truth : Truth.Compute(set.Metric, set.Queries, set.Rows, query => filters[query].Ordinals);
        error.WriteLine($"{set.Name}: {set.Count} vectors of {set.Rows.Dim}, {set.Queries.Count} queries; building {options.Index} with {options.BuildThreads} threads");
        using var index = Build(set, options, filters);
        return Measure(set, options, index, new QueryPasses(set.Queries, truth, index, options.Threads, options.Clock, times));
    }

    private IMeasuredIndex Build(DataSet set, AnnOptions options, QueryFilters? filters)
    {
        if (options.Index == IndexKind.Flat)
        {
            return new MeasuredFlat(set, filters);
        }

        var graph = new HnswGraph(new FloatSpace(set.Rows, set.Metric), new HnswOptions(options.M, options.EfConstruction), (uint)set.Count);
        try
        {
            return new MeasuredHnsw(
                graph, set.Rows, set.Queries, GraphBuild.Fill(graph, set.Count, options.BuildThreads, options.Clock, error), filters, options.FilterPlan);
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    private bool Measure(DataSet set, AnnOptions options, IMeasuredIndex index, QueryPasses passes)
    {
        var reached = true;
        foreach (var point in Points(options, passes))
        {
            var recall = passes.Recall(point);
            reached &= recall >= (options.TargetRecall ?? 0);
            lines.Print(
                set.Name, index.Describe(point) + FilterNote(options), options.Threads, recall, passes.QueriesPerSecond(point), index.BuildSeconds, index.Bytes);
        }

        if (!reached)
        {
            error.WriteLine($"--target-recall {options.TargetRecall}: not reached");
        }

        return reached;
    }

    private static IEnumerable<SearchPoint> Points(AnnOptions options, QueryPasses passes)
    {
        if (options.Index == IndexKind.Flat)
        {
            return [default];
        }

        return options.TargetRecall is { } target
            ? [new SearchPoint(TargetSearch.LeastEffort(effort => passes.Recall(new SearchPoint(effort, 0)), target, Truth.K, TargetEffortMax), 0)]
            : options.Ef.Select(ef => new SearchPoint(ef, 0));
    }

    private static string FilterNote(AnnOptions options) =>
        options.FilterSelectivity is { } share
            ? string.Create(CultureInfo.InvariantCulture, $" filter={options.FilterKind.ToString().ToLowerInvariant()}:{share}")
            : "";
}
