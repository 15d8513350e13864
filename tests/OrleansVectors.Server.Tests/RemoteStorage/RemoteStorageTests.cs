using System.Globalization;
using System.Text.Json;
using OrleansVectors.Server.Tests.Durability;
using OrleansVectors.Server.Tests.Hosting;
using OrleansVectors.Storage.Tests.Blobs;
using OrleansVectors.Storage.Tests.Postgres;

namespace OrleansVectors.Server.Tests.RemoteStorage;

/// <summary>The server with its logs in a real PostgreSQL and its checkpoints and backups in a real S3 server, all of which stop and start.</summary>
public sealed class RemoteStorageTests(S3Server s3) : IClassFixture<S3Server>
{
    private const string Described = """{"vectors":{"size":16,"distance":"Euclid"},"optimizers_config":{"indexing_threshold":100},"hnsw_config":{"full_scan_threshold":10}}""";

    private readonly int _seed = Environment.TickCount;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_while_server_database_and_disk_come_and_go()
    {
        using PostgresServer postgres = StartPostgres();
        Random random = new(_seed);
        await using ServerProcess server = await ServerProcess.StartAsync(
            null, "--log-to", postgres.ConnectionString(), "--checkpoints-to", Place("checkpoints"), "--checkpoint-log-bytes", "100000");
        await server.Http.ResultAsync("PUT", "collections/c", Described);
        AcknowledgedWrites writer = new("c", 0, _seed);
        for (int round = 0; round < 8; round++)
        {
            Task writing = writer.WriteUntilKilledAsync(server.Http);
            await Task.Delay(random.Next(100, 1500));
            server.Kill();
            await writing;
            if (round % 3 == 1)
            {
                postgres.End(PostgresServer.Stop.Immediate);
                postgres.Start();
            }

            if (round % 4 == 2)
                Directory.Delete(Path.Combine(server.DataFolder, "collections"), recursive: true); // a new machine
            await server.StartAgainAsync();
            await writer.CheckAsync(server.Http, $"seed {_seed}, round {round}");
        }

        Assert.True(writer.Acknowledged > 20, $"{writer.Acknowledged} batches");
    }

    [Fact]
    public async Task While_the_database_is_away_writes_are_refused_and_reads_go_on_and_all_heals()
    {
        using PostgresServer postgres = StartPostgres();
        await using ServerProcess server = await ServerProcess.StartAsync(null, "--log-to", postgres.ConnectionString());
        await server.Http.ResultAsync("PUT", "collections/c", Described);
        await WriteAsync(server, 1);
        for (int round = 0; round < 3; round++)
        {
            postgres.End(round == 1 ? PostgresServer.Stop.Kill : PostgresServer.Stop.Fast);
            (System.Net.HttpStatusCode status, JsonElement answer) = await server.Http.CallAsync("PUT", "collections/c/points?wait=true", Body(1000 + round));
            Assert.True((int)status == 503, $"{(int)status} {answer}");
            Assert.Equal(1 + round, await CountAsync(server, "c"));
            postgres.Start();
            await UntilAsync(async () => (int)(await server.Http.CallAsync("PUT", "collections/c/points?wait=true", Body(2 + round))).Status == 200);
        }

        // Started while the database is away it lists the collection, and opens it when that is back.
        server.Kill();
        postgres.End(PostgresServer.Stop.Fast);
        await server.StartAgainAsync();
        await server.Http.ErrorAsync(503, "POST", "collections/c/points/count", "{}");
        postgres.Start();
        Assert.True(await CountAsync(server, "c") >= 4);
    }

    [Fact]
    public async Task Backups_go_to_a_bucket_and_come_back_on_an_empty_machine()
    {
        string[] options = ["--backup-to", Place("backups"), "--backup-every-seconds", "0"];
        await using (ServerProcess server = await ServerProcess.StartAsync(null, options))
        {
            await server.Http.ResultAsync("PUT", "collections/c", Described);
            for (int id = 1; id <= 50; id++)
                await WriteAsync(server, id);
            await server.Http.ResultAsync("POST", "backups");
            JsonElement verified = await server.Http.ResultAsync("POST", "backups/verify");
            Assert.True(verified.GetProperty("sound").GetBoolean(), verified.GetRawText());
        }

        await using ServerProcess empty = await ServerProcess.StartAsync(null, options);
        await empty.Http.ResultAsync("POST", "backups/restore", """{"everything":true}""");
        Assert.Equal(50, await CountAsync(empty, "c"));
    }

    private static PostgresServer StartPostgres()
    {
        PostgresInstallation? installation = PostgresInstallation.Find(out string reason);
        Assert.SkipWhen(installation is null, reason);
        PostgresServer postgres = new(installation!);
        postgres.Start();
        return postgres;
    }

    /// <summary>A part of the bucket of its own. The server finds the credentials where the SDK looks for them.</summary>
    private string Place(string what)
    {
        int port = s3.Port;
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", S3Server.AccessKeyId);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", S3Server.SecretAccessKey);
        return string.Create(CultureInfo.InvariantCulture, $"s3://blobs/{what}-{Guid.NewGuid():N}?endpoint=http://127.0.0.1:{port}");
    }

    private static string Body(int id) => $$"""{"points":[{"id":{{id}},"vector":[{{id}},1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}]}""";

    private static Task<JsonElement> WriteAsync(ServerProcess server, int id) => server.Http.ResultAsync("PUT", "collections/c/points?wait=true", Body(id));

    private static async Task<long> CountAsync(ServerProcess server, string collection)
        => (await server.Http.ResultAsync("POST", $"collections/{collection}/points/count", "{}")).GetProperty("count").GetInt64();

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; !await condition(); i++)
        {
            Assert.True(i < 300, "it does not heal");
            await Task.Delay(100);
        }
    }
}
