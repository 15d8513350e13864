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

    private PreparedData(string killed, string stopped, Victim[] victims) => (Killed, Stopped, Victims) = (killed, stopped, victims);

    /// <summary>The folder a kill left.</summary>
    public string Killed { get; }

    /// <summary>The folder a stop left.</summary>
    public string Stopped { get; }

    /// <summary>The collections to damage; all but the last, which is to stay whole.</summary>
    public Victim[] Victims { get; }

    public static async Task<PreparedData> MakeAsync(Run run, int victims)
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
