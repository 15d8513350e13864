using System.CommandLine;
using OrleansVectors.Benchmarks.Churn;
using OrleansVectors.Benchmarks.CommandLine;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Ivf;
using OrleansVectors.Indexes.Quantization;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary><c>ann</c>: recall, speed, build time and memory of an index on files of the field's formats.</summary>
internal static class AnnCommand
{
    /// <summary>The exit code when the recall that was asked for is not reached.</summary>
    public const int NotReached = 1;

    private const int EfMax = 1 << 20;
    private const int TurnoversMax = 1000;

    public static Command Create(TextWriter output, TextWriter error, PassTimes times)
    {
        var files = new DataFileOptions();
        var index = OptionForms.Word(
            "--index", "hnsw, flat or ivf.", new Dictionary<string, IndexKind> { ["hnsw"] = IndexKind.Hnsw, ["flat"] = IndexKind.Flat, ["ivf"] = IndexKind.Ivf }, IndexKind.Hnsw);
        var quantizer = OptionForms.Word(
            "--quantizer",
            "The codes that the index works on.",
            Codes.Words.ToDictionary(word => word.Key, word => new ChosenCodes(word.Value)),
            default);
        var subvectors = OptionForms.Number("--subvectors", "Into how many parts pq and opq cut a vector, four bits each; 0 for one for every two components.", 0, 0, Quantizer.DimMax);
        var rescore = OptionForms.NumberOrNone("--rescore", "How many of the nearest by codes are compared again exactly; 0 for none.", 0, EfMax);
        var m = OptionForms.Number("--m", "Links of a node.", 16, 2, HnswOptions.MMax);
        var efConstruction = OptionForms.Number("--ef-construction", "Candidates looked at for the links of a new node.", 200, 1, HnswOptions.EfConstructionMax);
        var ef = OptionForms.Numbers("--ef", "Candidates kept by a search, one measured point for each, separated by commas.", [10, 16, 32, 64, 128], 1, EfMax);
        var lists = OptionForms.Number("--lists", "Lists of an inverted file; 0 for as many as fit the number of points.", 0, 0, IvfOptions.ListsMax);
        var probes = OptionForms.Numbers("--nprobe", "Lists that a search of an inverted file looks into, one measured point for each, separated by commas.", [1, 2, 4, 8, 16, 32, 64], 1, IvfOptions.ListsMax);
        var targetRecall = OptionForms.ShareOrNone("--target-recall", "Find the least effort that reaches this recall, and measure that point alone; exit code 1 when none does.");
        var threads = OptionForms.Number("--threads", "Threads that search.", 1, 1, OptionForms.ThreadsMax);
        var buildThreads = OptionForms.Number("--build-threads", "Threads that build.", Environment.ProcessorCount, 1, OptionForms.ThreadsMax);
        var clock = OptionForms.Word(
            "--clock",
            "What a second is: wall, or cpu where the machine is not yours alone.",
            new Dictionary<string, Clock> { ["wall"] = Clock.Wall, ["cpu"] = Clock.Cpu },
            Clock.Wall);
        var filterSelectivity = OptionForms.ShareOrNone("--filter-selectivity", "Let each query see this share of the points only; the truth is then computed again.");
        var filterKind = OptionForms.Word(
            "--filter-kind",
            "Where the points lie that a query may see: anywhere, around a point near the query, around one far from it, or everywhere but around a near one.",
            QueryFilters.Kinds,
            FilterKind.Random);
        var filterPlan = OptionForms.Word(
            "--filter-plan",
            "How a filtered search of a graph goes about it; auto searches a whole partition, by the plan that it chooses.",
            new Dictionary<string, FilterPlan> { ["auto"] = FilterPlan.Auto, ["scan"] = FilterPlan.Scan, ["walk"] = FilterPlan.Walk, ["two-hop"] = FilterPlan.TwoHop },
            FilterPlan.Auto);
        var filterSave = OptionForms.Text("--filter-save", "A file to write what each query may see to.");
        var churn = OptionForms.NumberOrNone("--churn", "Change all points of an index of half of the rows so many times, then measure it, and a fresh one beside it.", 1, TurnoversMax);
        var churnKind = OptionForms.Word(
            "--churn-kind",
            "Which points go: any, the oldest, or neighbourhoods at once.",
            new Dictionary<string, ChurnKind> { ["replace"] = ChurnKind.Replace, ["window"] = ChurnKind.Window, ["cluster"] = ChurnKind.Cluster },
            ChurnKind.Replace);
        var churnSearchers = OptionForms.Number("--churn-searchers", "Threads that search while points come and go.", 1, 0, OptionForms.ThreadsMax);
        var churnSave = OptionForms.Text("--churn-save", "A file to write the changes to.");

        var command = new Command("ann", "Recall@10, queries per second, build time and memory, one line for each point: ov,SET,INDEX AND PARAMETERS,THREADS,RECALL10,QPS,BUILD_SECONDS,MIB")
        {
            index, quantizer, subvectors, rescore, m, efConstruction, ef, lists, probes, targetRecall, threads, buildThreads, clock,
            filterSelectivity, filterKind, filterPlan, filterSave, churn, churnKind, churnSearchers, churnSave,
        };
        files.AddTo(command);
        command.SetAction(parsed =>
        {
            var reached = new AnnRun(output, error, times).Run(new AnnOptions
            {
                Files = files.Read(parsed),
                Index = parsed.GetRequiredValue(index),
                Quantizer = parsed.GetValue(quantizer).Kind,
                Subvectors = parsed.GetRequiredValue(subvectors),
                Rescore = parsed.GetValue(rescore),
                M = parsed.GetRequiredValue(m),
                EfConstruction = parsed.GetRequiredValue(efConstruction),
                Ef = parsed.GetRequiredValue(ef),
                Lists = parsed.GetRequiredValue(lists),
                NProbe = parsed.GetRequiredValue(probes),
                TargetRecall = parsed.GetValue(targetRecall),
                Threads = parsed.GetRequiredValue(threads),
                BuildThreads = parsed.GetRequiredValue(buildThreads),
                Clock = parsed.GetRequiredValue(clock),
                FilterSelectivity = parsed.GetValue(filterSelectivity),
                FilterKind = parsed.GetRequiredValue(filterKind),
                FilterPlan = parsed.GetRequiredValue(filterPlan),
                FilterSave = parsed.GetValue(filterSave),
                Churn = parsed.GetValue(churn),
                ChurnKind = parsed.GetRequiredValue(churnKind),
                ChurnSearchers = parsed.GetRequiredValue(churnSearchers),
                ChurnSave = parsed.GetValue(churnSave),
            });
            return reached ? 0 : NotReached;
        });
        return command;
    }

    /// <summary>What <c>--quantizer</c> said; options hold values that are never null.</summary>
    private readonly record struct ChosenCodes(QuantizerKind? Kind);
}
