using System.Text;
using System.Text.Json.Nodes;

namespace OrleansVectors.Server.Tests.Points;

public sealed class PointsReadingTests(PointsServer server) : IClassFixture<PointsServer>
{
    private const string Uuid = "c3b0a1f4-0d3c-4b77-8d0b-4f1c1d2e3f40";

    [Fact]
    public async Task Pages_follow_each_other_numbers_before_uuids()
    {
        string c = await FilledAsync();
        var ids = new List<string>();
        string offset = "null";
        do
        {
            JsonNode? page = await server.OkAsync("POST", $"{c}/points/scroll", $$"""{"limit":4,"offset":{{offset}}}""");
            ids.AddRange(page!["points"]!.AsArray().Select(point => point!["id"]!.ToJsonString()));
            Assert.True(page.AsObject().ContainsKey("next_page_offset"));
            offset = page["next_page_offset"]?.ToJsonString() ?? "null";
        }
        while (offset != "null");
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8", "9", $"\"{Uuid}\""], ids);
    }

    [Fact]
    public async Task Points_carry_what_was_asked_for()
    {
        string c = await FilledAsync();
        Assert.Equal(
            """{"points":[{"id":3,"payload":{"n":3,"color":"red","at":"2024-01-03T00:00:00Z"}}],"next_page_offset":4}""",
            await server.TextAsync("POST", $"{c}/points/scroll", """{"limit":1,"offset":3}"""));
        Assert.Equal(
            """{"points":[{"id":3,"payload":{"n":3},"vector":[3,1]}],"next_page_offset":4}""",
            await server.TextAsync("POST", $"{c}/points/scroll", """{"limit":1,"offset":3,"with_payload":["n"],"with_vector":true}"""));
        Assert.Equal(
            """{"points":[{"id":3,"payload":{"n":3,"color":"red"}}],"next_page_offset":4}""",
            await server.TextAsync("POST", $"{c}/points/scroll", """{"limit":1,"offset":3,"with_payload":{"exclude":["at"]}}"""));
        Assert.Equal(
            """[{"id":3},{"id":1}]""",
            await server.TextAsync("POST", $"{c}/points", """{"ids":[3,1],"with_payload":false}"""));
    }

    [Fact]
    public async Task Order_by_needs_an_index_and_follows_the_value()
    {
        string c = await FilledAsync();
        (int status, string message) = await server.RefusedAsync("POST", $"{c}/points/scroll", """{"order_by":"n"}"""u8.ToArray());
        Assert.Equal(400, status);
        Assert.StartsWith("Wrong input: No range index for `order_by` key: `n`. Please create one to use `order_by`", message, StringComparison.Ordinal);
        await IndexAsync(c, "n", "integer");
        await IndexAsync(c, "at", "datetime");
        JsonNode? page = await server.OkAsync("POST", $"{c}/points/scroll", """{"limit":3,"with_payload":false,"order_by":{"key":"n","direction":"desc"}}""");
        Assert.Equal("""[{"id":9,"order_value":9},{"id":8,"order_value":8},{"id":7,"order_value":7}]""", page!["points"]!.ToJsonString());
        Assert.Null(page["next_page_offset"]);
        page = await server.OkAsync("POST", $"{c}/points/scroll", """{"limit":2,"with_payload":false,"order_by":{"key":"n","start_from":4}}""");
        Assert.Equal("""[{"id":4,"order_value":4},{"id":5,"order_value":5}]""", page!["points"]!.ToJsonString());
        page = await server.OkAsync("POST", $"{c}/points/scroll", """{"limit":1,"with_payload":false,"order_by":{"key":"at","start_from":"2024-01-02T00:00:00Z"}}""");
        Assert.Equal("""[{"id":2,"order_value":1704153600000000}]""", page!["points"]!.ToJsonString());
    }

    [Fact]
    public async Task Counts_follow_the_filter()
    {
        string c = await FilledAsync();
        Assert.Equal("""{"count":10}""", await server.TextAsync("POST", $"{c}/points/count", "{}"));
        Assert.Equal("""{"count":5}""", await server.TextAsync("POST", $"{c}/points/count", """{"exact":false,"filter":{"must":[{"key":"color","match":{"value":"red"}}]}}"""));
    }

    [Fact]
    public async Task Facets_need_an_index_and_count_by_value()
    {
        string c = await FilledAsync();
        (int status, string message) = await server.RefusedAsync("POST", $"{c}/facet", """{"key":"color"}"""u8.ToArray());
        Assert.Equal(400, status);
        Assert.StartsWith("Wrong input: No appropriate index for faceting: `color`. Please create one to facet on this field", message, StringComparison.Ordinal);
        await IndexAsync(c, "color", "keyword");
        Assert.Equal("""{"hits":[{"value":"red","count":5},{"value":"blue","count":4}]}""", await server.TextAsync("POST", $"{c}/facet", """{"key":"color"}"""));
        Assert.Equal("""{"hits":[{"value":"red","count":2}]}""", await server.TextAsync("POST", $"{c}/facet", """{"key":"color","limit":1,"exact":true,"filter":{"must":[{"key":"n","range":{"lte":3}}]}}"""));
    }

    [Fact]
    public async Task A_text_that_is_no_id_is_refused()
    {
        string c = await FilledAsync();
        (int status, string message) = await server.RefusedAsync("GET", $"{c}/points/nope", []);
        Assert.Equal((400, "Wrong input: Can not recognize \"nope\" as point id"), (status, message));
        (status, _) = await server.RefusedAsync("GET", $"{c}/points/-1", []);
        Assert.Equal(400, status);
    }

    [Fact]
    public async Task An_unknown_vector_name_is_refused()
    {
        string c = await FilledAsync();
        (int status, string message) = await server.RefusedAsync("POST", $"{c}/points", """{"ids":[1],"with_vector":["x"]}"""u8.ToArray());
        Assert.Equal(400, status);
        Assert.StartsWith("Wrong input: Not existing vector name error: x", message, StringComparison.Ordinal);
    }

    private async Task<string> FilledAsync()
    {
        string c = await server.CreateAsync("""{"size":2,"distance":"Dot"}""");
        var points = new StringBuilder();
        for (int i = 1; i < 10; i++)
            points.Append($$$"""{"id":{{{i}}},"vector":[{{{i}}},1],"payload":{"n":{{{i}}},"color":"{{{(i % 2 == 1 ? "red" : "blue")}}}","at":"2024-01-0{{{i}}}T00:00:00Z"}},""");
        await server.OkAsync("PUT", $"{c}/points?wait=true", $$"""{"points":[{{points}}{"id":"{{Uuid}}","vector":[0,0]}]}""");
        return c;
    }

    private async Task IndexAsync(string collection, string field, string type)
        => await server.OkAsync("PUT", $"{collection}/index?wait=true", $$"""{"field_name":"{{field}}","field_schema":"{{type}}"}""");
}
