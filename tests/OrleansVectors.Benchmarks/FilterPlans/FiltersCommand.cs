using System.CommandLine;
using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Benchmarks.CommandLine;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Quantization;

namespace OrleansVectors.Benchmarks.FilterPlans;

/// <summary><c>filters</c>: one whole partition searched under filters of many selectivities that lie in several ways to the query.</summary>
internal static class FiltersCommand
{
    private const int EfMax = 1 << 16;

    public static Command Create(TextWriter output, TextWriter error, PassTimes times)
    {
        var files = new DataFileOptions();
        var quantizer = OptionForms.Word(
            "--quantizer",
            "The codes that the partition works on.",
            Codes.Words.ToDictionary(word => word.Key, word => new ChosenCodes(word.Value)),
            default);
        var m = OptionForms.Number("--m", "Links of a node.", 16, 2, HnswOptions.MMax);
        var efConstruction = OptionForms.Number("--ef-construction", "Candidates looked at for the links of a new node.", 100, 1, HnswOptions.EfConstructionMax);
        var ef = OptionForms.Numbers("--ef", "Candidates kept by a walk, separated by commas; 0 leaves it to the engine.", [0], 0, EfMax);
        var buildThreads = OptionForms.Number("--build-threads", "Threads that build.", Environment.ProcessorCount, 1, OptionForms.ThreadsMax);
        var clock = OptionForms.Word(
            "--clock", "What a second is.", new Dictionary<string, Clock> { ["wall"] = Clock.Wall, ["cpu"] = Clock.Cpu }, Clock.Cpu);
        var selectivities = OptionForms.Shares(
            "--selectivities", "Shares of the points that queries may see, separated by commas.", [1, 0.5, 0.1, 0.01, 0.001, 0.0001]);
        var kinds = OptionForms.Words("--kinds", "Where the points lie that a query may see.", QueryFilters.Kinds);

        var command = new Command(
            "filters",
            "Searches of a partition with filters, one line each: filters,SET,KIND,SHARE,EF,RECALL10,SHORT ANSWERS,QPS,PLANS,MICROSECONDS OF FILTER/WALK/SCAN,VISITED,DISTANCES")
        {
            quantizer, m, efConstruction, ef, buildThreads, clock, selectivities, kinds,
        };
        files.AddTo(command);
        command.SetAction(parsed => new FiltersRun(output, error, times).Run(new FiltersOptions
        {
            Files = files.Read(parsed),
            Quantizer = parsed.GetValue(quantizer).Kind,
            M = parsed.GetRequiredValue(m),
            EfConstruction = parsed.GetRequiredValue(efConstruction),
            Ef = parsed.GetRequiredValue(ef),
            BuildThreads = parsed.GetRequiredValue(buildThreads),
            Clock = parsed.GetRequiredValue(clock),
            Selectivities = parsed.GetRequiredValue(selectivities),
            Kinds = parsed.GetRequiredValue(kinds),
        }));
        return command;
    }

    /// <summary>What <c>--quantizer</c> said; options hold values that are never null.</summary>
    private readonly record struct ChosenCodes(QuantizerKind? Kind);
}
