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
        using var set = DataSet.Load(options.Files, error);
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
        if (options.Index == IndexKind.Ivf)
        {
            return new MeasuredIvf(set, options, filters);
        }

        if (options.Index == IndexKind.Hnsw && filters is not null && options.FilterPlan == FilterPlan.Auto)
        {
            var partition = new LoadedPartition(
                set, options.Quantizer, options.M, options.EfConstruction, options.BuildThreads, options.Clock, [filters]);
            return new MeasuredPartition(partition, set, filters, options.Quantizer);
        }

        var start = options.Clock.Seconds(options.BuildThreads);
        var codes = Codes.Train(options.Quantizer, set, (uint)set.Count, options.Subvectors);
        if (codes is not null)
        {
            Codes.EncodeAll(codes, set.Rows, set.Count, options.BuildThreads);
        }

        var codeSeconds = codes is null ? 0 : options.Clock.Seconds(options.BuildThreads) - start;
        if (options.Index == IndexKind.Flat)
        {
            return new MeasuredFlat(set, codes, codeSeconds, filters);
        }

        var space = codes ?? (VectorSpace)new FloatSpace(set.Rows, set.Metric);
        var graph = new HnswGraph(space, new HnswOptions(options.M, options.EfConstruction), (uint)set.Count);
        try
        {
            var seconds = codeSeconds + GraphBuild.Fill(graph, set.Count, options.BuildThreads, options.Clock, error);
            return new MeasuredHnsw(graph, set.Rows, set.Queries, seconds, filters, options.FilterPlan);
        }
        catch
        {
            graph.Dispose();
            codes?.Dispose();
            throw;
        }
    }

    private bool Measure(DataSet set, AnnOptions options, IMeasuredIndex index, QueryPasses passes)
    {
        var reached = true;
        foreach (var point in options.TargetRecall is { } target ? [Fastest(options, index, passes, target)] : Points(options, index))
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

    private static IEnumerable<SearchPoint> Points(AnnOptions options, IMeasuredIndex index)
    {
        if (!index.HasEffort)
        {
            return [new SearchPoint(Truth.K, options.Rescore ?? Codes.OrdinaryRescore(options.Quantizer))];
        }

        return options.Index == IndexKind.Ivf
            ? options.NProbe.Select(probes => new SearchPoint(probes, options.Rescore ?? Codes.OrdinaryRescore(options.Quantizer)))
            : options.Ef.Select(ef => new SearchPoint(ef, options.Rescore ?? Codes.OrdinaryRescore(options.Quantizer, ef)));
    }

    /// <summary>For each number of results that are compared again the least effort that reaches the recall; of these the fastest.</summary>
    private static SearchPoint Fastest(AnnOptions options, IMeasuredIndex index, QueryPasses passes, double target)
    {
        var least = options.Index == IndexKind.Ivf ? 1 : Truth.K;
        var rescores = options.Rescore is { } one ? [one] : options.Quantizer is null ? [0] : Codes.RescoresTried;
        var points = rescores.Select(rescore => new SearchPoint(
            index.HasEffort
                ? TargetSearch.LeastEffort(effort => passes.Recall(new SearchPoint(effort, rescore)), target, least, TargetEffortMax)
                : Truth.K,
            rescore)).ToArray();
        var reaching = points.Where(point => passes.Recall(point) >= target).ToArray();
        return reaching.Length switch
        {
            0 => points.MaxBy(passes.Recall),
            1 => reaching[0],
            _ => reaching.MaxBy(passes.QueriesPerSecond),
        };
    }

    private static string FilterNote(AnnOptions options) =>
        options.FilterSelectivity is { } share
            ? string.Create(CultureInfo.InvariantCulture, $" filter={options.FilterKind.ToString().ToLowerInvariant()}:{share}")
            : "";
}
