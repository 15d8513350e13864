using System.Globalization;
using OrleansVectors.Indexes.Hnsw;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>Reads, builds, measures, and prints a line for each point as soon as it is known.</summary>
internal sealed class AnnRun(TextWriter output, TextWriter error, PassTimes times)
{
    private const double Mebibyte = 1 << 20;

    /// <exception cref="BadArgumentException">An argument cannot be used.</exception>
    public void Run(AnnOptions options)
    {
        using var set = DataSet.Load(options, error);
        error.WriteLine($"{set.Name}: {set.Count} vectors of {set.Rows.Dim}, {set.QueryCount} queries; building {options.Index} with {options.BuildThreads} threads");
        using IMeasuredIndex index = options.Index == IndexKind.Flat
            ? new MeasuredFlat(set)
            : new MeasuredHnsw(set, new HnswOptions(options.M, options.EfConstruction), options.BuildThreads, options.Clock, error);
        var passes = new QueryPasses(set, index, options.Threads, options.Clock, times);

        // Ef means nothing to the flat index: it is one point.
        foreach (var ef in options.Index == IndexKind.Flat ? [DataSet.K] : options.Ef)
        {
            var recall = passes.Recall(ef);
            var queriesPerSecond = passes.QueriesPerSecond(ef);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"ov,{set.Name},{index.Describe(ef)},{options.Threads},{recall:F4},{queriesPerSecond:F1},{index.BuildSeconds:F2},{index.Bytes / Mebibyte:F1}"));
            output.Flush();
        }
    }
}
