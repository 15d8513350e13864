using System.Text;
using System.Text.Json.Nodes;

namespace OrleansVectors.Server.Tests.Points;

public sealed class PointsWritingTests(PointsServer server) : IClassFixture<PointsServer>
{
    private const string Plain = """{"size":2,"distance":"Dot"}""";
    private const string Named = """{"a":{"size":2,"distance":"Dot"},"b":{"size":1,"distance":"Euclid"}}""";

    [Fact]
    public async Task A_point_comes_back_as_it_was_written()
    {
        string c = await server.CreateAsync(Plain);
        JsonNode? result = await server.OkAsync("PUT", $"{c}/points?wait=true",
            """{"points":[{"id":1,"vector":[0.1,-2.5],"payload":{"k":1,"r":1.0,"t":"ä\"<","n":null,"l":[1,{"x":true}]}},{"id":"C3B0A1F4-0D3C-4B77-8D0B-4F1C1D2E3F40","vector":{}},{"id":18446744073709551615,"vector":{"":[1,2]}}]}""");
        Assert.Equal("completed", (string?)result!["status"]);
        Assert.True((ulong)result["operation_id"]! > 0);
        Assert.Equal("""{"id":1,"payload":{"k":1,"r":1.0,"t":"ä\"<","n":null,"l":[1,{"x":true}]},"vector":[0.1,-2.5]}""", Unescaped(await server.TextAsync("GET", $"{c}/points/1")));
        Assert.Equal("""{"id":"c3b0a1f4-0d3c-4b77-8d0b-4f1c1d2e3f40","payload":{},"vector":{}}""", await server.TextAsync("GET", $"{c}/points/c3b0a1f40d3c4b778d0b4f1c1d2e3f40"));
        Assert.Equal("""{"id":18446744073709551615,"payload":{},"vector":[1,2]}""", await server.TextAsync("GET", $"{c}/points/18446744073709551615"));
    }

    [Fact]
    public async Task A_batch_of_columns_writes_the_same_points()
    {
        string c = await server.CreateAsync(Named);
        await server.OkAsync("PUT", $"{c}/points?wait=true", """{"batch":{"ids":[1,2],"vectors":{"a":[[1,2],[3,4]],"b":[[5],[6]]},"payloads":[{"x":1},null]}}""");
        Assert.Equal(
            """[{"id":2,"payload":{},"vector":{"a":[3,4],"b":[6]}},{"id":1,"payload":{"x":1},"vector":{"a":[1,2],"b":[5]}}]""",
            await server.TextAsync("POST", $"{c}/points", """{"ids":[2,9,1],"with_vector":true}"""));
    }

    [Fact]
    public async Task An_upsert_replaces_the_point_whole_unless_the_mode_forbids()
    {
        string c = await server.CreateAsync(Named);
        await server.OkAsync("PUT", $"{c}/points?wait=true", """{"points":[{"id":1,"vector":{"a":[1,2],"b":[3]},"payload":{"x":1}}]}""");
        await server.OkAsync("PUT", $"{c}/points?wait=true", """{"update_mode":"insert_only","points":[{"id":1,"vector":{"a":[9,9]}},{"id":2,"vector":{"a":[1,1]}}]}""");
        Assert.Equal("""{"id":1,"payload":{"x":1},"vector":{"a":[1,2],"b":[3]}}""", await server.TextAsync("GET", $"{c}/points/1"));
        await server.OkAsync("PUT", $"{c}/points?wait=true", """{"update_mode":"update_only","points":[{"id":1,"vector":{"a":[9,9]}},{"id":3,"vector":{"a":[1,1]}}]}""");
        Assert.Equal("""{"id":1,"payload":{},"vector":{"a":[9,9]}}""", await server.TextAsync("GET", $"{c}/points/1"));
        Assert.Equal(2, await server.CountAsync(c));
    }

    [Fact]
    public async Task An_update_filter_spares_points_that_do_not_match()
    {
        string c = await server.CreateAsync(Plain);
        await server.OkAsync("PUT", $"{c}/points?wait=true", """{"points":[{"id":1,"vector":[1,1],"payload":{"v":1}},{"id":2,"vector":[1,1],"payload":{"v":2}}]}""");
        const string filter = """{"must":[{"key":"v","match":{"value":1}}]}""";
        await server.OkAsync("PUT", $"{c}/points?wait=true", $$$"""{"update_filter":{{{filter}}},"points":[{"id":1,"vector":[2,2],"payload":{"v":1}},{"id":2,"vector":[2,2],"payload":{"v":1}},{"id":3,"vector":[2,2]}]}""");
        Assert.Equal(
            """[{"id":1,"vector":[2,2]},{"id":2,"vector":[1,1]},{"id":3,"vector":[2,2]}]""",
            await server.TextAsync("POST", $"{c}/points", """{"ids":[1,2,3],"with_vector":true,"with_payload":false}"""));
        await server.OkAsync("PUT", $"{c}/points/vectors?wait=true", $$"""{"update_filter":{{filter}},"points":[{"id":1,"vector":[3,3]},{"id":2,"vector":[3,3]}]}""");
        Assert.Equal(
            """[{"id":1,"vector":[3,3]},{"id":2,"vector":[1,1]}]""",
            await server.TextAsync("POST", $"{c}/points", """{"ids":[1,2],"with_vector":true,"with_payload":false}"""));
    }

    [Fact]
    public async Task Points_are_deleted_by_id_and_by_filter()
    {
        string c = await server.CreateAsync(Plain);
        await FillAsync(c, 10);
        await server.OkAsync("POST", $"{c}/points/delete?wait=true", """{"points":[1,2,99]}""");
        Assert.Equal(8, await server.CountAsync(c));
        await server.OkAsync("POST", $"{c}/points/delete?wait=true", """{"filter":{"must":[{"key":"n","range":{"gte":7}}]}}""");
        Assert.Equal("""[3,4,5,6]""", await IdsAsync(c));
        (int status, string message) = await server.RefusedAsync("GET", $"{c}/points/1", []);
        Assert.Equal((404, "Not found: No point with id 1 found"), (status, message));
    }

    [Fact]
    public async Task Vectors_are_updated_and_deleted_by_name()
    {
        string c = await server.CreateAsync(Named);
        await server.OkAsync("PUT", $"{c}/points?wait=true", """{"points":[{"id":1,"vector":{"a":[1,2],"b":[3]},"payload":{"x":1}}]}""");
        await server.OkAsync("PUT", $"{c}/points/vectors?wait=true", """{"points":[{"id":1,"vector":{"b":[4]}}]}""");
        Assert.Equal("""{"id":1,"payload":{"x":1},"vector":{"a":[1,2],"b":[4]}}""", await server.TextAsync("GET", $"{c}/points/1"));
        await server.OkAsync("POST", $"{c}/points/vectors/delete?wait=true", """{"vector":["a"],"points":[1]}""");
        Assert.Equal("""{"id":1,"payload":{"x":1},"vector":{"b":[4]}}""", await server.TextAsync("GET", $"{c}/points/1"));
        (int status, string message) = await server.RefusedAsync("PUT", $"{c}/points/vectors?wait=true", """{"points":[{"id":5,"vector":{"b":[4]}}]}"""u8.ToArray());
        Assert.Equal((404, "Not found: No point with id 5 found"), (status, message));
        Assert.Equal(1, await server.CountAsync(c));
    }

    [Fact]
    public async Task Payloads_are_merged_replaced_and_cleared()
    {
        string c = await server.CreateAsync(Plain);
        await server.OkAsync("PUT", $"{c}/points?wait=true", """{"points":[{"id":1,"vector":[1,1],"payload":{"a":{"b":1,"c":2},"d":3}},{"id":2,"vector":[1,1]}]}""");
        await server.OkAsync("POST", $"{c}/points/payload?wait=true", """{"payload":{"e":5,"d":4},"points":[1]}""");
        await server.OkAsync("POST", $"{c}/points/payload?wait=true", """{"payload":{"b":7},"points":[1],"key":"a"}""");
        await HasPayloadAsync(c, 1, """{"a":{"b":7,"c":2},"d":4,"e":5}""");
        await server.OkAsync("POST", $"{c}/points/payload/delete?wait=true", """{"keys":["a.c","e"],"points":[1]}""");
        await HasPayloadAsync(c, 1, """{"a":{"b":7},"d":4}""");
        await server.OkAsync("PUT", $"{c}/points/payload?wait=true", """{"payload":{"z":0},"filter":{"must":[{"has_id":[1]}]}}""");
        await HasPayloadAsync(c, 1, """{"z":0}""");
        await server.OkAsync("POST", $"{c}/points/payload/clear?wait=true", """{"points":[1]}""");
        await HasPayloadAsync(c, 1, "{}");
    }

    [Fact]
    public async Task A_batch_of_operations_is_applied_in_order()
    {
        string c = await server.CreateAsync(Plain);
        JsonNode? results = await server.OkAsync("POST", $"{c}/points/batch?wait=true",
            """{"operations":[{"upsert":{"points":[{"id":1,"vector":[1,1]},{"id":2,"vector":[2,2]}]}},{"set_payload":{"payload":{"a":1,"b":2},"points":[1,2]}},{"delete_payload":{"keys":["a"],"points":[1]}},{"update_vectors":{"points":[{"id":1,"vector":[3,3]}]}},{"delete":{"points":[2]}},{"overwrite_payload":{"payload":{"only":true},"filter":{"must":[{"has_id":[7]}]}}}]}""");
        Assert.Equal(6, results!.AsArray().Count);
        Assert.All(results.AsArray(), result => Assert.Equal("completed", (string?)result!["status"]));
        Assert.Equal("""{"id":1,"payload":{"b":2},"vector":[3,3]}""", await server.TextAsync("GET", $"{c}/points/1"));
        Assert.Equal(1, await server.CountAsync(c));
    }

    [Fact]
    public async Task A_batch_with_one_bad_operation_changes_nothing()
    {
        string c = await server.CreateAsync(Plain);
        (int status, string message) = await server.RefusedAsync("POST", $"{c}/points/batch?wait=true", Encoding.UTF8.GetBytes(
            """{"operations":[{"upsert":{"points":[{"id":1,"vector":[1,1]}]}},{"upsert":{"points":[{"id":2,"vector":[1]}]}}]}"""));
        Assert.Equal(400, status);
        Assert.Equal("Wrong input: Vector dimension error: expected dim: 2, got 1 (at operations[1].upsert.points[0].vector)", message);
        Assert.Equal(0, await server.CountAsync(c));
    }

    [Fact]
    public async Task An_unknown_collection_is_not_found()
    {
        (int status, string message) = await server.RefusedAsync("PUT", "/collections/nowhere/points", """{"points":[]}"""u8.ToArray());
        Assert.Equal((404, "Not found: Collection `nowhere` doesn't exist!"), (status, message));
    }

    private static string Unescaped(string json) => json.Replace("\\u00E4", "ä", StringComparison.Ordinal).Replace("\\u003C", "<", StringComparison.Ordinal).Replace("\\u0022", "\\\"", StringComparison.Ordinal);

    private async Task FillAsync(string collection, int count)
    {
        string points = string.Join(',', Enumerable.Range(1, count).Select(i => $$$"""{"id":{{{i}}},"vector":[{{{i}}},1],"payload":{"n":{{{i}}}}}"""));
        await server.OkAsync("PUT", $"{collection}/points?wait=true", $$"""{"points":[{{points}}]}""");
    }

    private async Task<string> IdsAsync(string collection)
    {
        JsonNode? page = await server.OkAsync("POST", $"{collection}/points/scroll", """{"limit":1000,"with_payload":false}""");
        return "[" + string.Join(',', page!["points"]!.AsArray().Select(point => point!["id"]!.ToJsonString())) + "]";
    }

    private async Task HasPayloadAsync(string collection, int id, string expected)
    {
        JsonNode? actual = (await server.OkAsync("GET", $"{collection}/points/{id}"))!["payload"];
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"expected {expected}, found {actual?.ToJsonString()}");
    }
}
