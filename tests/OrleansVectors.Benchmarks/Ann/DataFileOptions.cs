using System.CommandLine;
using OrleansVectors.Benchmarks.CommandLine;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>The options of a command that name a <see cref="DataFiles"/>.</summary>
internal sealed class DataFileOptions
{
    private readonly Option<string> baseFile = OptionForms.Text("--base", "The vectors to index: .fvecs, .bvecs or .npy, gzip or plain.", isRequired: true);
    private readonly Option<string> queryFile = OptionForms.Text("--query", "The queries, in any of the same formats.", isRequired: true);
    private readonly Option<string> truthFile = OptionForms.Text("--truth", "The true neighbours of each query, nearest first, at least 10: .ivecs, gzip or plain.", isRequired: true);
    private readonly Option<DistanceMetric> metric = MetricOption();
    private readonly Option<int?> rows = OptionForms.NumberOrNone("--rows", "Take only the first rows of the base; the truth is then computed again.", DataSet.K, DataSet.RowsMax);
    private readonly Option<int?> queries = OptionForms.NumberOrNone("--queries", "Ask only the first queries.", 1, DataSet.RowsMax);

    public static Option<DistanceMetric> MetricOption()
    {
        var metric = OptionForms.Word("--metric", "euclidean, dot, cosine (vectors are normalised first) or hamming (a bit of each component: whether it is above 0 and at least the mean).", new Dictionary<string, DistanceMetric>
        {
            ["euclidean"] = DistanceMetric.Euclidean,
            ["cosine"] = DistanceMetric.Cosine,
            ["dot"] = DistanceMetric.Dot,
            ["hamming"] = DistanceMetric.Hamming,
        });
        metric.Required = true;
        return metric;
    }

    public void AddTo(Command command)
    {
        command.Add(baseFile);
        command.Add(queryFile);
        command.Add(truthFile);
        command.Add(metric);
        command.Add(rows);
        command.Add(queries);
    }

    public DataFiles Read(ParseResult parsed) => new()
    {
        Base = parsed.GetRequiredValue(baseFile),
        Query = parsed.GetRequiredValue(queryFile),
        Truth = parsed.GetRequiredValue(truthFile),
        Metric = parsed.GetRequiredValue(metric),
        Rows = parsed.GetValue(rows),
        Queries = parsed.GetValue(queries),
    };
}
