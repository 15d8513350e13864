using System.CommandLine;
using System.Globalization;
using OrleansVectors.Cli.Import;
using OrleansVectors.Cli.Rest;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.CommandLine;

/// <summary><c>ov import</c>.</summary>
internal sealed class ImportCommand
{
    private readonly Option<string> _collection = new("--collection", "-c") { Description = "The collection to write to.", Required = true };
    private readonly Option<ImportFormat?> _format = new("--format", "-f") { HelpName = "fvecs|bvecs|npy|jsonl|csv", Description = "fvecs, bvecs, npy, jsonl or csv. Default: by the file's name, before a .gz." };
    private readonly Option<string> _vectors = new("--vectors") { Description = "A vector file with one row per record of a jsonl or csv file, for records without a vector of their own." };
    private readonly Option<string> _name = new("--name") { Description = "The named vector to write. Default: the unnamed one." };
    private readonly Option<string> _metric = new("--metric") { Description = "Create the collection, if it is missing, with this distance: euclid, cosine, dot, manhattan or hamming (components of 0 and 1)." };
    private readonly Option<int> _batchSize = new("--batch-size") { Description = "Points per request, at most; about 8 MiB bounds a request too.", DefaultValueFactory = _ => 500 };
    private readonly Option<int> _parallel = new("--parallel") { Description = "Requests under way at once.", DefaultValueFactory = _ => 2 };
    private readonly Option<long?> _limit = new("--limit") { Description = "Stop after this many rows of the file." };
    private readonly Option<ulong> _idStart = new("--id-start") { Description = "The id of the first row, where ids are row numbers." };
    private readonly Option<string> _idField = new("--id-field") { Description = "The payload key that keeps a text id which is not a UUID.", DefaultValueFactory = _ => "_id" };
    private readonly Option<string> _vectorColumns = new("--vector-columns") { Description = "The csv columns that hold the components, as FIRST..LAST. Default: the column vector, or v0, v1, ..." };
    private readonly Option<bool> _skipBad = new("--skip-bad") { Description = "Go on after bad lines; they are reported, and the exit code is 1." };
    private readonly Option<bool> _restart = new("--restart") { Description = "Start from the first row, whatever an interrupted run has stored." };
    private readonly Option<string> _state = new("--state") { Description = "The folder for the journal of an unfinished import.", DefaultValueFactory = _ => ".ov" };
    private readonly Argument<string> _file = new("FILE") { Description = "The file, gzip or plain." };

    public Command Build(ServerOptions server, Terminal terminal)
    {
        _metric.AcceptOnlyFromAmong([.. Distances.Keys]);
        Command command = new("import", "Load a file into a collection. Interrupted, the same command continues where it stopped.")
        {
            _collection, _format, _vectors, _name, _metric, _batchSize.AtLeast(1), _parallel.AtLeast(1), _limit.AtLeast(0),
            _idStart, _idField, _vectorColumns, _skipBad, _restart, _state, _file,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, server, terminal, cancellation));
        return command;
    }

    private static readonly Dictionary<string, string> Distances = new()
    {
        ["euclid"] = "Euclid",
        ["cosine"] = "Cosine",
        ["dot"] = "Dot",
        ["manhattan"] = "Manhattan",
        ["hamming"] = "Hamming",
    };

    private async Task<int> RunAsync(ParseResult parsed, ServerOptions server, Terminal terminal, CancellationToken cancellation)
    {
        ImportSettings settings = Settings(parsed);
        using VectorsClient client = server.Connect(parsed, terminal);
        ImportOutcome outcome;
        try
        {
            outcome = await new Importer(client, settings, terminal).RunAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine("interrupted; the same command continues where it stopped");
            throw;
        }
        catch (ServerUnreachableException lost)
        {
            throw new CommandFailedException(lost.Message + "\nthe same command continues where it stopped");
        }

        double seconds = Math.Max(outcome.Elapsed.TotalSeconds, 1e-3);
        terminal.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"imported {outcome.Points:N0} points into '{settings.Collection}' in {seconds:0.0} s ({outcome.Points / seconds:N0} points/s)"));
        if (outcome.BadRows == 0)
        {
            return ExitCode.Success;
        }

        terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome.BadRows:N0} of {outcome.Rows:N0} rows were bad and left out"));
        return ExitCode.Failure;
    }

    private ImportSettings Settings(ParseResult parsed)
    {
        string file = parsed.GetRequiredValue(_file);
        ImportFormat format = parsed.GetValue(_format) ?? FormatOf(file);
        string? vectors = parsed.GetValue(_vectors);
        if (vectors is not null && format is not (ImportFormat.Jsonl or ImportFormat.Csv))
        {
            throw new CommandFailedException("--vectors goes with jsonl and csv files alone", ExitCode.Usage);
        }

        return new ImportSettings
        {
            Collection = parsed.GetRequiredValue(_collection),
            File = file,
            Format = format,
            VectorsFile = vectors,
            VectorName = parsed.GetValue(_name),
            Distance = parsed.GetValue(_metric) is string metric ? Distances[metric] : null,
            BatchRows = parsed.GetValue(_batchSize),
            Senders = parsed.GetValue(_parallel),
            Limit = parsed.GetValue(_limit),
            IdStart = parsed.GetValue(_idStart),
            IdField = parsed.GetRequiredValue(_idField),
            VectorColumns = Columns(parsed.GetValue(_vectorColumns)),
            SkipBad = parsed.GetValue(_skipBad),
            Restart = parsed.GetValue(_restart),
            StateFolder = parsed.GetRequiredValue(_state),
        };
    }

    private static ImportFormat FormatOf(string file) => VectorFile.Extension(file) switch
    {
        ".fvecs" => ImportFormat.Fvecs,
        ".bvecs" => ImportFormat.Bvecs,
        ".npy" => ImportFormat.Npy,
        ".jsonl" or ".ndjson" => ImportFormat.Jsonl,
        ".csv" => ImportFormat.Csv,
        _ => throw new CommandFailedException($"{file}: the name does not tell the format; say --format fvecs, bvecs, npy, jsonl or csv", ExitCode.Usage),
    };

    private static (string First, string Last)? Columns(string? text)
    {
        if (text is null)
        {
            return null;
        }

        string[] ends = text.Split("..");
        return ends.Length == 2 && ends[0].Length > 0 && ends[1].Length > 0
            ? (ends[0], ends[1])
            : throw new CommandFailedException($"--vector-columns: '{text}' is not FIRST..LAST", ExitCode.Usage);
    }
}
