using System.CommandLine;
using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Benchmarks.CommandLine;

namespace OrleansVectors.Benchmarks.Datasets;

/// <summary><c>datasets</c>: makes a set of vectors from a real one, larger or of fewer dimensions.</summary>
internal static class DatasetsCommand
{
    private const int Percent = 100;

    public static Command Create(TextWriter error)
    {
        var baseFile = OptionForms.Text("--base", "The vectors to make others from: .fvecs, .bvecs or .npy, gzip or plain.", isRequired: true);
        var queryFile = OptionForms.Text("--query", "The queries, kept as they are.", isRequired: true);
        var metric = DataFileOptions.MetricOption();
        var rows = OptionForms.Number("--rows", "How many rows to make in all; the given ones come first.", 1_000_000, DataSet.K, DataSet.RowsMax);
        var kind = OptionForms.Word(
            "--make",
            "noisy: given rows with noise; mixed: points between two given rows, with noise; truncated: no rows but the given ones, see --dimensions.",
            new Dictionary<string, MakeKind> { ["noisy"] = MakeKind.Noisy, ["mixed"] = MakeKind.Mixed, ["truncated"] = MakeKind.Truncated },
            MakeKind.Noisy);
        var dimensions = OptionForms.NumberOrNone("--dimensions", "Keep only so many components of each vector, the first ones.", 1, MadeSet.DimensionsMax);
        var noise = OptionForms.Number("--noise", "The noise, in hundredths of the components' root mean square.", 10, 0, Percent);
        var seed = OptionForms.Number("--seed", "Another seed makes another set.", 1, 0, int.MaxValue);
        var folder = OptionForms.Text("--out", "The folder to write base, query and truth100 to.", isRequired: true);
        var command = new Command("datasets", "Makes a set of vectors from a real one, with exact truth.") { baseFile, queryFile, metric, rows, kind, dimensions, noise, seed, folder };
        command.SetAction(parsed => MadeSet.Make(
            parsed.GetRequiredValue(baseFile),
            parsed.GetRequiredValue(queryFile),
            parsed.GetRequiredValue(metric),
            parsed.GetRequiredValue(rows),
            parsed.GetRequiredValue(kind),
            parsed.GetValue(dimensions),
            parsed.GetRequiredValue(noise) / (double)Percent,
            parsed.GetRequiredValue(seed),
            parsed.GetRequiredValue(folder),
            error));
        return command;
    }
}
