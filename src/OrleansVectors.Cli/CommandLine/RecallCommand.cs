using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OrleansVectors.Cli.Recall;
using OrleansVectors.Cli.Rest;
using OrleansVectors.Cli.VectorFiles;
using Spectre.Console;

namespace OrleansVectors.Cli.CommandLine;

/// <summary><c>ov bench recall</c>.</summary>
internal sealed class RecallCommand
{
    private readonly Option<string> _collection = new("--collection", "-c") { Description = "The collection, imported from the base file.", Required = true };
    private readonly Option<string> _base = new("--base") { Description = "The vectors that were imported, to compute distances (ties are right answers).", Required = true };
    private readonly Option<string> _query = new("--query") { Description = "The query vectors.", Required = true };
    private readonly Option<string> _truth = new("--truth") { Description = "The true neighbours' row numbers, .ivecs.", Required = true };
    private readonly Option<VectorFileFormat?> _format = new("--format", "-f") { HelpName = "fvecs|bvecs|npy", Description = "fvecs, bvecs or npy, of base and query. Default: by their names." };
    private readonly Option<int> _k = new("--k") { Description = "Neighbours per query.", DefaultValueFactory = _ => 10 };
    private readonly Option<int[]> _ef = new("--hnsw-ef") { Description = "Breadth of the search; several, with commas, for a run each. Default: the server's.", CustomParser = ParseList };
    private readonly Option<bool> _exact = new("--exact") { Description = "Ask for the exact search." };
    private readonly Option<int> _threads = new("--threads") { Description = "Queries under way at once.", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _name = new("--name") { Description = "The named vector to search. Default: the unnamed one." };
    private readonly Option<ulong> _idStart = new("--id-start") { Description = "The id of the base file's first row." };
    private readonly Option<bool> _json = new("--json") { Description = "Write JSON." };

    public Command Build(ServerOptions server, Terminal terminal)
    {
        Command command = new("recall", "Recall@k, queries per second and latencies of a collection, through the API.")
        {
            _collection, _base, _query, _truth, _format, _k.AtLeast(1), _ef, _exact, _threads.AtLeast(1), _name, _idStart, _json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, server, terminal, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, ServerOptions server, Terminal terminal, CancellationToken cancellation)
    {
        RecallSettings settings = new()
        {
            Collection = parsed.GetRequiredValue(_collection),
            BaseFile = parsed.GetRequiredValue(_base),
            QueryFile = parsed.GetRequiredValue(_query),
            TruthFile = parsed.GetRequiredValue(_truth),
            Format = parsed.GetValue(_format),
            K = parsed.GetValue(_k),
            HnswEf = parsed.GetValue(_ef) ?? [],
            Exact = parsed.GetValue(_exact),
            Threads = parsed.GetValue(_threads),
            VectorName = parsed.GetValue(_name),
            IdStart = parsed.GetValue(_idStart),
        };
        using VectorsClient client = server.Connect(parsed, terminal);
        RecallBench bench = new(client, settings, terminal);
        IReadOnlyList<RecallRun> runs = await bench.RunAsync(cancellation);
        if (parsed.GetValue(_json))
        {
            WriteJson(terminal, settings, bench, runs);
        }
        else
        {
            WriteTable(terminal, settings, bench, runs);
        }

        return ExitCode.Success;
    }

    private static void WriteTable(Terminal terminal, RecallSettings settings, RecallBench bench, IReadOnlyList<RecallRun> runs)
    {
        IAnsiConsole console = terminal.Tables();
        console.WriteLine($"{settings.Collection}: {bench.Queries} queries, {bench.Distance}, threads: {settings.Threads}");
        Table table = new Table().Border(TableBorder.Simple).AddColumn("search");
        foreach (string heading in (ReadOnlySpan<string>)[$"recall@{settings.K}", "QPS", "p50 ms", "p95 ms", "p99 ms"])
        {
            table.AddColumn(new TableColumn(heading).RightAligned());
        }

        foreach (RecallRun run in runs)
        {
            string search = run.Exact ? "exact" : run.HnswEf is int ef ? string.Create(CultureInfo.InvariantCulture, $"hnsw_ef {ef}") : "default";
            table.AddRow(search, Text(run.Recall, "0.0000"), Text(run.Qps, "N0"), Text(run.P50Ms, "0.00"), Text(run.P95Ms, "0.00"), Text(run.P99Ms, "0.00"));
        }

        console.Write(table);
    }

    private static void WriteJson(Terminal terminal, RecallSettings settings, RecallBench bench, IReadOnlyList<RecallRun> runs)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("collection", settings.Collection);
            writer.WriteString("distance", bench.Distance);
            writer.WriteNumber("queries", bench.Queries);
            writer.WriteNumber("k", settings.K);
            writer.WriteNumber("threads", settings.Threads);
            writer.WriteStartArray("runs");
            foreach (RecallRun run in runs)
            {
                writer.WriteStartObject();
                writer.WriteBoolean("exact", run.Exact);
                if (run.HnswEf is int ef)
                {
                    writer.WriteNumber("hnsw_ef", ef);
                }

                writer.WriteNumber("recall", run.Recall);
                writer.WriteNumber("qps", Math.Round(run.Qps, 1));
                writer.WriteNumber("p50_ms", Math.Round(run.P50Ms, 3));
                writer.WriteNumber("p95_ms", Math.Round(run.P95Ms, 3));
                writer.WriteNumber("p99_ms", Math.Round(run.P99Ms, 3));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        terminal.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static int[] ParseList(System.CommandLine.Parsing.ArgumentResult result)
    {
        List<int> values = [];
        foreach (string part in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value < 1)
            {
                result.AddError($"--hnsw-ef: '{part}' is not a positive integer");
                return [];
            }

            values.Add(value);
        }

        return [.. values];
    }
}
