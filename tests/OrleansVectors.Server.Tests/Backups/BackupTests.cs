using System.Globalization;
using System.Text.Json;
using OrleansVectors.Server.Tests.Durability;
using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Backups;

public sealed class BackupTests : IAsyncLifetime
{
    private readonly string _store = Directory.CreateTempSubdirectory("ov-backups-").FullName;
    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync()
        => _server = await ServerProcess.StartAsync(null, "--backup-to", _store, "--backup-every-seconds", "1", "--checkpoint-log-bytes", "100000");

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_store, recursive: true);
    }

    [Fact]
    public async Task An_accident_is_undone_to_the_moment_before_it()
    {
        await _server.Http.ResultAsync("PUT", "collections/films", """{"vectors":{"size":4,"distance":"Cosine"}}""");
        for (int id = 1; id <= 30; id++)
            await _server.Http.ResultAsync("PUT", "collections/films/points?wait=true", $$"""{"points":[{"id":{{id}},"vector":[{{id}},1,2,3]}]}""");
        await Task.Delay(5);
        string before = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture);
        await Task.Delay(5);
        await _server.Http.ResultAsync("POST", "collections/films/points/delete?wait=true", """{"filter":{}}""");

        JsonElement restored = await _server.Http.ResultAsync("POST", "backups/restore", $$"""{"collection":"films","time":"{{before}}","as":"films-before"}""");
        Assert.Equal("films-before", restored.GetProperty("collections")[0].GetString());
        Assert.Equal(30, await CountAsync("films-before"));
        Assert.Equal(0, await CountAsync("films"));
        await _server.Http.ResultAsync("POST", "backups/restore", $$"""{"collection":"films","time":"{{before}}"}""");
        Assert.Equal(30, await CountAsync("films"));
        JsonElement verified = await _server.Http.ResultAsync("POST", "backups/verify");
        Assert.True(verified.GetProperty("sound").GetBoolean(), verified.GetRawText());
    }

    [Fact]
    public async Task Backups_are_taken_listed_and_deleted()
    {
        await _server.Http.ResultAsync("PUT", "collections/a", """{"vectors":{"size":4,"distance":"Dot"}}""");
        JsonElement backup = await _server.Http.ResultAsync("POST", "backups", """{"collections":["a"]}""");
        Assert.False(backup.GetProperty("whole").GetBoolean());
        string id = backup.GetProperty("id").GetString()!;
        JsonElement listed = await _server.Http.ResultAsync("GET", "backups");
        Assert.Contains(listed.GetProperty("backups").EnumerateArray(), one => one.GetProperty("id").GetString() == id);
        Assert.True((await _server.Http.ResultAsync("DELETE", $"backups/{id}")).GetBoolean());
        Assert.False((await _server.Http.ResultAsync("DELETE", $"backups/{id}")).GetBoolean());
        await _server.Http.ErrorAsync(404, "POST", "backups", """{"collections":["none"]}""");
        Assert.Contains("time", await _server.Http.ErrorAsync(422, "POST", "backups/restore", """{"time":"yesterday"}"""), StringComparison.Ordinal);
        Assert.Contains("as", await _server.Http.ErrorAsync(422, "POST", "backups/restore", """{"as":"x","everything":true}"""), StringComparison.Ordinal);
        Assert.Contains("no backup", await _server.Http.ErrorAsync(400, "POST", "backups/restore", """{"collection":"x"}"""), StringComparison.Ordinal);
        Assert.Contains("there is no backup", await _server.Http.ErrorAsync(400, "POST", "backups/verify", """{"id":"x"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_is_made_and_refused_where_the_name_is_taken()
    {
        await _server.Http.ResultAsync("PUT", "collections/a", """{"vectors":{"size":4,"distance":"Dot"}}""");
        await _server.Http.ResultAsync("PUT", "collections/a/points?wait=true", """{"points":[{"id":1,"vector":[1,2,3,4]}]}""");
        await _server.Http.ResultAsync("POST", "collections/a/clone", """{"new_collection_name":"b"}""");
        Assert.Equal(1, await CountAsync("b"));
        await _server.Http.ErrorAsync(409, "POST", "collections/a/clone", """{"new_collection_name":"b"}""");
        await _server.Http.ErrorAsync(404, "POST", "collections/none/clone", """{"new_collection_name":"c"}""");
        await _server.Http.ErrorAsync(422, "POST", "collections/a/clone", """{"new_collection_name":"a/b"}""");
        await _server.Http.ErrorAsync(400, "POST", "collections/a/clone", "{}");
    }

    [Fact]
    public async Task Kills_during_backups_restores_and_clones_leave_what_was_acknowledged_and_backups_that_verify()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        await _server.Http.ResultAsync(
            "PUT", "collections/c", """{"vectors":{"size":16,"distance":"Euclid"},"optimizers_config":{"indexing_threshold":100},"hnsw_config":{"full_scan_threshold":10}}""");
        AcknowledgedWrites writer = new("c", 0, seed);
        for (int kill = 0; kill < 12; kill++)
        {
            Task writing = writer.WriteUntilKilledAsync(_server.Http);
            Task others = Task.WhenAll(
                IgnoreDeathAsync(() => _server.Http.PostAsync("backups", null)),
                IgnoreDeathAsync(() => _server.Http.PostAsync("backups/restore", new StringContent($$"""{"collection":"c","as":"restored{{kill}}"}"""))),
                IgnoreDeathAsync(() => _server.Http.PostAsync("collections/c/clone", new StringContent($$"""{"new_collection_name":"branch{{kill}}"}"""))));
            await Task.Delay(random.Next(20, 600));
            _server.Kill();
            await writing;
            await others;
            await _server.StartAgainAsync();
            await writer.CheckAsync(_server.Http, $"seed {seed}, kill {kill}");
            foreach (string name in (await _server.Http.ResultAsync("GET", "collections")).GetProperty("collections").EnumerateArray().Select(one => one.GetProperty("name").GetString()!))
            {
                await CountAsync(name); // whatever is there answers
                if (name != "c")
                    await _server.Http.ResultAsync("DELETE", $"collections/{name}");
            }
        }

        await _server.Http.ResultAsync("POST", "backups");
        JsonElement listed = await _server.Http.ResultAsync("GET", "backups");
        foreach (JsonElement backup in listed.GetProperty("backups").EnumerateArray())
        {
            JsonElement verified = await _server.Http.ResultAsync("POST", "backups/verify", $$"""{"id":"{{backup.GetProperty("id").GetString()}}"}""");
            Assert.True(verified.GetProperty("sound").GetBoolean(), $"seed {seed}: {verified.GetRawText()}");
        }
    }

    private static async Task IgnoreDeathAsync(Func<Task<HttpResponseMessage>> call)
    {
        try
        {
            using HttpResponseMessage answer = await call();
            string text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode || (int)answer.StatusCode is 400 or 409, text);
        }
        catch (Exception death) when (death is HttpRequestException or IOException or TaskCanceledException)
        {
            // The server was killed.
        }
    }

    private async Task<long> CountAsync(string collection)
        => (await _server.Http.ResultAsync("POST", $"collections/{collection}/points/count", """{"exact":true}""")).GetProperty("count").GetInt64();
}
