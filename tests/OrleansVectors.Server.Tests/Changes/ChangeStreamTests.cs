using System.Text.Json;
using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Changes;

public sealed class ChangeStreamTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const string Collection4 = """{"vectors":{"size":4,"distance":"Euclid"}}""";

    [Fact]
    public async Task Every_kind_of_change_is_told_in_a_form_that_makes_a_copy()
    {
        await server.Http.ResultAsync("PUT", "collections/source", """{"vectors":{"":{"size":2,"distance":"Euclid"},"v":{"size":2,"distance":"Dot"}}}""");
        await server.Http.ResultAsync("PUT", "collections/copy", """{"vectors":{"":{"size":2,"distance":"Euclid"},"v":{"size":2,"distance":"Dot"}}}""");
        string[] operations =
        [
            """{"upsert":{"points":[{"id":1,"vector":{"":[1,2],"v":[3,4]},"payload":{"a":1,"b":{"c":"x"}}},{"id":"5c56c793-69f3-4fbf-87e6-c4bf54c28c26","vector":{"":[5,6]}}]}}""",
            """{"upsert":{"points":[{"id":2,"vector":{"v":[1,1]},"payload":{"a":2,"t":"2026-01-01T00:00:00Z"}},{"id":3,"vector":{},"payload":{"a":3}}]}}""",
            """{"set_payload":{"payload":{"d":[1,2.5,null,true]},"points":[1,2],"key":"b"}}""",
            """{"set_payload":{"payload":{"e":"\u00e9\n\u2028"},"filter":{"must":[{"key":"a","range":{"gte":1,"lt":2.5}}],"must_not":[{"has_id":[7]}],"should":[{"key":"a","match":{"any":[1,2]}},{"is_empty":{"key":"zz"}}]}}}""",
            """{"overwrite_payload":{"payload":{"only":1},"points":[3]}}""",
            """{"delete_payload":{"keys":["b.c"],"points":[1]}}""",
            """{"clear_payload":{"filter":{"must":[{"key":"t","range":{"gt":"2025-01-01T00:00:00Z"}}]}}}""",
            """{"update_vectors":{"points":[{"id":3,"vector":{"":[9,9]}}]}}""",
            """{"delete_vectors":{"vector":["v"],"points":[1]}}""",
            """{"upsert":{"points":[{"id":1,"vector":{"":[0,0]},"payload":{"not":"taken"}},{"id":8,"vector":{"":[8,8]}}],"update_mode":"insert_only"}}""",
            """{"delete":{"filter":{"must":[{"key":"only","match":{"value":1}}]}}}""",
        ];
        await using EventStream stream = await EventStream.OpenAsync(server.Http, "collections/source/changes?after=oldest");
        foreach (string operation in operations)
            await server.Http.ResultAsync("POST", "collections/source/points/batch?wait=true", $$"""{"operations":[{{operation}}]}""");
        for (int i = 0; i < operations.Length; i++)
        {
            JsonElement change = (await stream.NextAsync())!.Value;
            Assert.Equal(i + 1, change.GetProperty("sequence").GetInt32());
            await server.Http.ResultAsync("POST", "collections/copy/points/batch?wait=true", $$"""{"operations":{{change.GetProperty("operations").GetRawText()}}}""");
        }

        Assert.Equal(await AllAsync("source"), await AllAsync("copy"));
    }

    [Fact]
    public async Task A_consumer_that_stops_at_any_place_and_comes_again_misses_nothing_and_sees_nothing_twice()
    {
        await server.Http.ResultAsync("PUT", "collections/resumed", """{"vectors":{"size":4,"distance":"Euclid"},"shard_number":3}""");
        Random random = new(7);
        using var stop = new CancellationTokenSource();
        int written = 0;
        Task writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                int id = ++written;
                await server.Http.ResultAsync("PUT", "collections/resumed/points?wait=true", $$"""{"points":[{"id":{{id}},"vector":[{{id}},0,0,0]}]}""");
            }
        });
        List<int> seen = [];
        string? position = null;
        for (int round = 0; round < 12; round++)
        {
            await using EventStream stream = await EventStream.OpenAsync(
                server.Http, "collections/resumed/changes?after=oldest", lastEventId: position);
            for (int left = random.Next(1, 40); left > 0; left--)
            {
                seen.AddRange(IdsOf((await stream.NextAsync())!.Value));
                position = stream.Position;
            }
        }

        await stop.CancelAsync();
        await writing;
        await using EventStream last = await EventStream.OpenAsync(server.Http, "collections/resumed/changes", lastEventId: position);
        while (seen.Count < written)
            seen.AddRange(IdsOf((await last.NextAsync())!.Value));
        Assert.Equal(Enumerable.Range(1, written), seen.Order());
    }

    [Fact]
    public async Task A_filter_tells_of_matching_points_and_of_those_that_no_longer_match()
    {
        await server.Http.ResultAsync("PUT", "collections/filtered", Collection4);
        await using EventStream stream = await EventStream.OpenAsync(
            server.Http, "collections/filtered/changes", """{"after":"oldest","operations":["upsert","delete"],"filter":{"must":[{"key":"g","match":{"value":"x"}}]}}""");
        await UpsertAsync("filtered", 1, "x");
        await UpsertAsync("filtered", 2, "y");
        await server.Http.ResultAsync("POST", "collections/filtered/points/payload?wait=true", """{"payload":{"z":1},"points":[1]}""");
        await UpsertAsync("filtered", 1, "y");
        await server.Http.ResultAsync("POST", "collections/filtered/points/delete?wait=true", """{"points":[2]}""");
        List<string> told = [];
        for (int i = 0; i < 4; i++)
        {
            JsonElement operation = (await stream.NextAsync())!.Value.GetProperty("operations")[0];
            told.Add(operation.EnumerateObject().Single().Name + string.Join(',', IdsOf(operation)));
        }

        Assert.Equal(["upsert1", "delete2", "delete1", "delete2"], told);
        Assert.EndsWith("-5", stream.Position, StringComparison.Ordinal); // the payload change was left out, its position was not
    }

    [Fact]
    public async Task Positions_that_are_not_there_are_refused_with_those_that_are()
    {
        await server.Http.ResultAsync("PUT", "collections/positions", Collection4);
        await UpsertAsync("positions", 1, "x");
        JsonElement positions = await server.Http.ResultAsync("GET", "collections/positions/changes/positions");
        string oldest = positions.GetProperty("oldest").GetString()!;
        string newest = positions.GetProperty("newest").GetString()!;
        string history = oldest[..oldest.IndexOf('-', StringComparison.Ordinal)];
        Assert.Equal(($"{history}-0", $"{history}-1"), (oldest, newest));
        string gone = await server.Http.ErrorAsync(410, "GET", $"collections/positions/changes?after={history}-9");
        Assert.Contains($"positions from {oldest} to {newest}", gone, StringComparison.Ordinal);
        await server.Http.ErrorAsync(410, "GET", "collections/positions/changes?after=abc-1");
        Assert.Contains("after: value 1-1-1 invalid", await server.Http.ErrorAsync(422, "GET", "collections/positions/changes?after=1-1-1"), StringComparison.Ordinal);
        Assert.Contains("after: value x invalid", await server.Http.ErrorAsync(422, "GET", "collections/positions/changes?after=x"), StringComparison.Ordinal);
        Assert.Contains("operations: value nothing", await server.Http.ErrorAsync(422, "GET", "collections/positions/changes?operations=nothing"), StringComparison.Ordinal);
        await server.Http.ErrorAsync(404, "GET", "collections/no-such/changes");
    }

    [Fact]
    public async Task The_stream_ends_when_the_server_stops_and_goes_on_after_a_kill()
    {
        await using ServerProcess own = await ServerProcess.StartAsync(null, "--checkpoint-log-bytes", "20000");
        await own.Http.ResultAsync("PUT", "collections/c", Collection4);
        string position = "";
        List<int> seen = [];
        for (int round = 0; round < 4; round++)
        {
            await using EventStream stream = await EventStream.OpenAsync(
                own.Http, "collections/c/changes?after=oldest", lastEventId: position.Length > 0 ? position : null);
            for (int i = 0; i < 50; i++)
            {
                int id = (round * 50) + i + 1;
                await own.Http.ResultAsync("PUT", "collections/c/points?wait=true", $$"""{"points":[{"id":{{id}},"vector":[{{id}},0,0,0]}]}""");
            }

            for (int i = 0; i < 40; i++)
            {
                seen.AddRange(IdsOf((await stream.NextAsync())!.Value));
                position = stream.Position;
            }

            if (round % 2 == 0)
                own.Kill();
            else
                await own.StopAsync();
            await own.StartAgainAsync();
        }

        await using EventStream last = await EventStream.OpenAsync(own.Http, "collections/c/changes", lastEventId: position);
        while (seen.Count < 200)
            seen.AddRange(IdsOf((await last.NextAsync())!.Value));
        Assert.Equal(Enumerable.Range(1, 200), seen);
    }

    private static IEnumerable<int> IdsOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object when element.TryGetProperty("operations", out JsonElement operations) => operations.EnumerateArray().SelectMany(IdsOf),
        JsonValueKind.Object when element.TryGetProperty("points", out JsonElement points) => points.EnumerateArray()
            .Select(point => point.ValueKind == JsonValueKind.Number ? point.GetInt32() : point.GetProperty("id").GetInt32()),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => IdsOf(member.Value)),
        _ => [],
    };

    private async Task UpsertAsync(string collection, int id, string group)
        => await server.Http.ResultAsync(
            "PUT", $"collections/{collection}/points?wait=true", $$$"""{"points":[{"id":{{{id}}},"vector":[1,2,3,4],"payload":{"g":"{{{group}}}"}}]}""");

    private async Task<string> AllAsync(string collection)
        => (await server.Http.ResultAsync("POST", $"collections/{collection}/points/scroll", """{"limit":100,"with_payload":true,"with_vector":true}""")).GetRawText();
}
