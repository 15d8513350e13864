using System.CommandLine;
using System.Globalization;
using OrleansVectors.Cli.Export;
using OrleansVectors.Cli.Rest;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.CommandLine;

/// <summary><c>ov export</c>.</summary>
internal sealed class ExportCommand
{
    private readonly Option<string> _collection = new("--collection", "-c") { Description = "The collection to read.", Required = true };
    private readonly Option<ExportFormat?> _format = new("--format", "-f") { HelpName = "jsonl|csv|fvecs|npy", Description = "jsonl (everything), csv, fvecs or npy (vectors alone). Default: by the file's name, else jsonl." };
    private readonly Option<string> _name = new("--name") { Description = "The named vector to export. Default: all in jsonl, else the only one there is." };
    private readonly Option<string> _ids = new("--ids") { Description = "Also write the ids, one a line in the order of the rows, to this file." };

    private readonly Argument<string> _file = new("FILE")
    {
        Description = "The file; compressed when its name ends in .gz. Default: standard output.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Command Build(ServerOptions server, Terminal terminal)
    {
        Command command = new("export", "Write all points of a collection to a file or to standard output, in the order of ids.")
        {
            _collection, _format, _name, _ids, _file,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, server, terminal, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, ServerOptions server, Terminal terminal, CancellationToken cancellation)
    {
        string? file = parsed.GetValue(_file);
        ExportSettings settings = new(
            parsed.GetRequiredValue(_collection),
            parsed.GetValue(_format) ?? FormatOf(file),
            file,
            parsed.GetValue(_name),
            parsed.GetValue(_ids));
        using VectorsClient client = server.Connect(parsed, terminal);
        long points = await new Exporter(client, settings, terminal).RunAsync(cancellation);
        terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"exported {points:N0} points of '{settings.Collection}'"));
        return ExitCode.Success;
    }

    private static ExportFormat FormatOf(string? file) => file is null ? ExportFormat.Jsonl : VectorFile.Extension(file) switch
    {
        ".csv" => ExportFormat.Csv,
        ".fvecs" => ExportFormat.Fvecs,
        ".npy" => ExportFormat.Npy,
        _ => ExportFormat.Jsonl,
    };
}
