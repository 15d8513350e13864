using OrleansVectors.Faults.CommandLine;
using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Rest;
using OrleansVectors.Faults.Server;

namespace OrleansVectors.Faults.Damage;

/// <summary>
/// A data folder with everything in it: checkpoints, a graph, several log files, records behind the last checkpoint. Once as
/// kill -9 left it and once as an orderly stop did.
/// </summary>
internal sealed class PreparedData
{
    private const int BatchesWithCheckpoints = 120;
    private const int BatchesBehind = 25;
    private const string Never = "1073741824";
    private const ulong FillingId = 1_000_000;
    private const int FillingBytes = 8_000_000;

    /// <summary>A log file takes 64 MiB.</summary>
    private const int Fillings = 9;

    private PreparedData(string killed, string stopped, Victim[] victims) => (Killed, Stopped, Victims) = (killed, stopped, victims);

    /// <summary>The folder a kill left.</summary>
    public string Killed { get; }

    /// <summary>The folder a stop left.</summary>
    public string Stopped { get; }

    /// <summary>The collections to damage; all but the last, which is to stay whole.</summary>
    public Victim[] Victims { get; }

    public static async Task<PreparedData> MakeAsync(Run run, int victims, bool severalLogFiles)
    {
        CollectionKind[] kinds = [CollectionKind.Churned, CollectionKind.Plain, CollectionKind.Multi];
        Victim[] all =
        [
            .. Enumerable.Range(0, victims + 1).Select(i => new Victim(kinds[i % kinds.Length] with { Name = i == victims ? "bystander" : $"victim-{i}" }, run.Seed + i)),
        ];
        string folder = run.DataFolder("prepared");
        using (ServerProcess server = new(run.Program, folder, "--checkpoint-log-bytes", "12000"))
        {
            await server.StartAsync().ConfigureAwait(false);
            foreach (Victim victim in all)
                await server.Rest.ResultAsync(victim.Kind.Create()).ConfigureAwait(false);
            Request alias = new("POST", "collections/aliases", """{"actions":[{"create_alias":{"collection_name":"bystander","alias_name":"other"}}]}""");
            await server.Rest.ResultAsync(alias).ConfigureAwait(false);
            await WriteAsync(server, all, BatchesWithCheckpoints).ConfigureAwait(false);

            // For a checkpoint that was begun by the last write.
            await Task.Delay(500).ConfigureAwait(false);
        }

        using (ServerProcess server = new(run.Program, folder, "--checkpoint-log-bytes", Never))
        {
            await server.StartAsync().ConfigureAwait(false);
            await WriteAsync(server, all, BatchesBehind).ConfigureAwait(false);
            if (severalLogFiles)
                await FillLogAsync(server, all[0]).ConfigureAwait(false);
            server.Kill();
            await server.StartAsync().ConfigureAwait(false);
            await WriteAsync(server, all, BatchesBehind).ConfigureAwait(false);
            server.Kill();
            string killed = run.DataFolder("killed");
            FolderCopy.Make(folder, killed);
            await server.StartAsync().ConfigureAwait(false);
            await server.StopAsync().ConfigureAwait(false);
            return new PreparedData(killed, folder, all);
        }
    }

    /// <summary>Makes a log so long that a new file begins: writes and deletes a point with a large payload, outside the victim's ids.</summary>
    private static async Task FillLogAsync(ServerProcess server, Victim victim)
    {
        string points = $"collections/{victim.Kind.Name}/points";
        string body = $$$"""{"points":[{"id":{{{FillingId}}},"vector":{{{PointContent.VectorJson(FillingId, 1, victim.Kind)}}},"payload":{"text":"{{{new string('x', FillingBytes)}}}"}}]}""";
        for (int i = 0; i < Fillings; i++)
        {
            await server.Rest.ResultAsync(new Request("PUT", $"{points}?wait=true", body)).ConfigureAwait(false);
            victim.Note();
        }

        await server.Rest.ResultAsync(new Request("POST", $"{points}/delete?wait=true", $$"""{"points":[{{FillingId}}]}""")).ConfigureAwait(false);
        victim.Note();
    }

    private static async Task WriteAsync(ServerProcess server, Victim[] victims, int batches)
    {
        foreach (Victim victim in victims)
        {
            for (int i = 0; i < batches; i++)
            {
                Answer answer = await victim.Writer.WriteAsync(server.Rest).ConfigureAwait(false);
                if (!answer.IsOk)
                    throw new InvalidOperationException($"{victim.Kind.Name}: {answer}");
                victim.Note();
            }
        }
    }
}
