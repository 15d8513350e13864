using System.CommandLine;
using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Benchmarks.CommandLine;

namespace OrleansVectors.Benchmarks.ServerSpeed;

/// <summary><c>server</c> and <c>restart</c>: the whole server through its API.</summary>
internal static class ServerCommand
{
    private const int BatchMax = 10_000;
    private const int EfMax = 1 << 16;
    private const int SecondsMax = 3600;

    /// <summary><c>server</c>: durable ingest, searches by clients, searches while storing.</summary>
    public static Command CreateSpeed(TextWriter output, TextWriter error) =>
        Create(
            "server",
            "The real server over HTTP, one line for each measurement: server,SET,WHAT,CLIENTS,RECALL10,PER_SECOND,P50_MS,P99_MS",
            options => new ServerRun(options, output, error).Speed());

    /// <summary><c>restart</c>: how long a killed server takes until it answers as before.</summary>
    public static Command CreateRestart(TextWriter output, TextWriter error) =>
        Create(
            "restart",
            "Kills a server and starts it again: restart,SET,TIMES,1,RECALL10 AFTER,TIMES THE RAW READ OF ITS FILES,RECALL10 BEFORE,MIB",
            options => new ServerRun(options, output, error).Restart());

    private static Command Create(string name, string description, Action<ServerOptions> run)
    {
        var files = new DataFileOptions();
        var clients = OptionForms.Numbers("--clients", "Clients that search at once, one measurement for each number.", [1, 8], 1, OptionForms.ThreadsMax);
        var ingestClients = OptionForms.Number("--ingest-clients", "Clients that store at once.", 4, 1, OptionForms.ThreadsMax);
        var batch = OptionForms.Number("--batch", "Points in a request that stores.", 256, 1, BatchMax);
        var ef = OptionForms.Number("--ef", "Candidates kept by a search.", 64, 1, EfMax);
        var seconds = OptionForms.Number("--seconds", "How long searches are measured.", 5, 1, SecondsMax);
        var quantization = OptionForms.Text("--quantization", "A quantization_config of the collection, as JSON.");
        var data = OptionForms.Text("--data", "An empty folder for the server's data; left in place.");
        var server = OptionForms.Text("--server", "The folder of a published server, to measure that instead of the one built with the benchmarks.");
        var command = new Command(name, description) { clients, ingestClients, batch, ef, seconds, quantization, data, server };
        files.AddTo(command);
        command.SetAction(parsed => run(new ServerOptions
        {
            Files = files.Read(parsed),
            Clients = parsed.GetRequiredValue(clients),
            IngestClients = parsed.GetRequiredValue(ingestClients),
            Batch = parsed.GetRequiredValue(batch),
            Ef = parsed.GetRequiredValue(ef),
            Seconds = parsed.GetRequiredValue(seconds),
            Quantization = parsed.GetValue(quantization),
            Data = parsed.GetValue(data),
            Server = parsed.GetValue(server),
        }));
        return command;
    }
}
