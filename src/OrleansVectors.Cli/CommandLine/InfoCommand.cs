using System.CommandLine;
using OrleansVectors.Cli.Info;
using OrleansVectors.Cli.Rest;

namespace OrleansVectors.Cli.CommandLine;

/// <summary><c>ov info</c>.</summary>
internal sealed class InfoCommand
{
    private readonly Option<string> _collection = new("--collection", "-c") { Description = "One collection, with its configuration. Default: all of them." };
    private readonly Option<bool> _json = new("--json") { Description = "Write JSON." };

    public Command Build(ServerOptions server, Terminal terminal)
    {
        Command command = new("info", "Show the server's version and its collections.") { _collection, _json };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, server, terminal, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, ServerOptions server, Terminal terminal, CancellationToken cancellation)
    {
        using VectorsClient client = server.Connect(parsed, terminal);
        string? collection = parsed.GetValue(_collection);
        InfoReport report = await InfoReport.AskAsync(client, collection, terminal, cancellation);
        if (parsed.GetValue(_json))
        {
            report.WriteJson();
        }
        else
        {
            report.WriteTables(withConfig: collection is not null);
        }

        return ExitCode.Success;
    }
}
