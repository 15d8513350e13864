using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary><c>ann</c>: recall, speed, build time and memory of an index on files of the field's formats.</summary>
internal static class AnnCommand
{
    private const int ThreadsMax = 1024;
    private const int EfMax = 1 << 20;

    public static Command Create(TextWriter output, TextWriter error, PassTimes times)
    {
        var baseFile = new Option<string>("--base") { Description = "The vectors to index: .fvecs, .bvecs or .npy, gzip or plain.", Required = true };
        var queryFile = new Option<string>("--query") { Description = "The queries, in any of the same formats.", Required = true };
        var truthFile = new Option<string>("--truth") { Description = "The true neighbours of each query, nearest first, at least 10: .ivecs, gzip or plain.", Required = true };
        var metric = Word("--metric", "euclidean, dot or cosine (vectors are normalised first).", new Dictionary<string, DistanceMetric>
        {
            ["euclidean"] = DistanceMetric.Euclidean,
            ["cosine"] = DistanceMetric.Cosine,
            ["dot"] = DistanceMetric.Dot,
        });
        metric.Required = true;
        var index = Word("--index", "hnsw or flat.", new Dictionary<string, IndexKind> { ["hnsw"] = IndexKind.Hnsw, ["flat"] = IndexKind.Flat });
        index.DefaultValueFactory = _ => IndexKind.Hnsw;
        var m = Number("--m", "Links of a node.", 16, 2, HnswOptions.MMax);
        var efConstruction = Number("--ef-construction", "Candidates looked at for the links of a new node.", 200, 1, HnswOptions.EfConstructionMax);
        var ef = new Option<int[]>("--ef")
        {
            Description = "Candidates kept by a search, one measured point for each, separated by commas.",
            HelpName = "10,16,32,64,128",
            DefaultValueFactory = _ => [10, 16, 32, 64, 128],
            CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',')).Select(text => ParseNumber("--ef", text, 1, EfMax, result))],
        };
        var threads = Number("--threads", "Threads that search.", 1, 1, ThreadsMax);
        var buildThreads = Number("--build-threads", "Threads that build.", Environment.ProcessorCount, 1, ThreadsMax);
        var clock = Word("--clock", "What a second is: wall, or cpu where the machine is not yours alone.", new Dictionary<string, Clock> { ["wall"] = Clock.Wall, ["cpu"] = Clock.Cpu });
        clock.DefaultValueFactory = _ => Clock.Wall;
        var rows = new Option<int?>("--rows")
        {
            Description = "Take only the first rows of the base; the truth is then computed again.",
            CustomParser = result => ParseNumber("--rows", result.Tokens[0].Value, DataSet.K, DataSet.RowsMax, result),
        };

        var command = new Command("ann", "Recall@10, queries per second, build time and memory, one line for each point: ov,SET,INDEX AND PARAMETERS,THREADS,RECALL10,QPS,BUILD_SECONDS,MIB")
        {
            baseFile, queryFile, truthFile, metric, index, m, efConstruction, ef, threads, buildThreads, rows, clock,
        };
        command.SetAction(parsed =>
        {
            new AnnRun(output, error, times).Run(new AnnOptions
            {
                Base = parsed.GetRequiredValue(baseFile),
                Query = parsed.GetRequiredValue(queryFile),
                Truth = parsed.GetRequiredValue(truthFile),
                Metric = parsed.GetRequiredValue(metric),
                Index = parsed.GetRequiredValue(index),
                M = parsed.GetRequiredValue(m),
                EfConstruction = parsed.GetRequiredValue(efConstruction),
                Ef = parsed.GetRequiredValue(ef),
                Threads = parsed.GetRequiredValue(threads),
                BuildThreads = parsed.GetRequiredValue(buildThreads),
                Clock = parsed.GetRequiredValue(clock),
                Rows = parsed.GetValue(rows),
            });
            return 0;
        });
        return command;
    }

    private static Option<int> Number(string name, string description, int ordinary, int least, int most) =>
        new(name)
        {
            Description = description,
            DefaultValueFactory = _ => ordinary,
            CustomParser = result => ParseNumber(name, result.Tokens[0].Value, least, most, result),
        };

    private static Option<T> Word<T>(string name, string description, Dictionary<string, T> words)
        where T : struct =>
        new(name)
        {
            Description = description,
            HelpName = string.Join('|', words.Keys),
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (!words.TryGetValue(text, out var value))
                {
                    result.AddError($"{name}: '{text}' is none of {string.Join(", ", words.Keys)}");
                }

                return value;
            },
        };

    private static int ParseNumber(string name, string text, int least, int most, ArgumentResult result)
    {
        if (!int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) || number < least || number > most)
        {
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name}: '{text}' is not a number from {least} to {most}"));
            return least;
        }

        return number;
    }
}
