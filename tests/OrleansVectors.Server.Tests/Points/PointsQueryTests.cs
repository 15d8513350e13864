using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansVectors.Server.Tests.Points;

public sealed class PointsQueryTests(PointsServer server) : IClassFixture<PointsServer>
{
    [Theory]
    [InlineData("Dot", """[{"id":3,"score":9},{"id":2,"score":6},{"id":1,"score":3},{"id":4,"score":0}]""")]
    [InlineData("Cosine", """[{"id":1,"score":1},{"id":2,"score":1},{"id":3,"score":1},{"id":4,"score":0}]""")]
    [InlineData("Euclid", """[{"id":3,"score":0},{"id":2,"score":1},{"id":1,"score":2},{"id":4,"score":5}]""")]
    [InlineData("Manhattan", """[{"id":3,"score":0},{"id":2,"score":1},{"id":1,"score":2},{"id":4,"score":7}]""")]
    public async Task Scores_are_those_of_the_metric_best_first(string distance, string expected)
    {
        string c = await AxisAsync(distance);
        string query = distance == "Dot" ? "[3,0]" : distance == "Cosine" ? "[5,0]" : "[3,0]";
        foreach (string exact in (string[])["true", "false"])
            Assert.Equal(expected, await ScoresAsync($"{c}/points/query", $$$"""{"query":{{{query}}},"params":{"exact":{{{exact}}}}}""", distance == "Cosine"));
    }

    [Theory]
    [InlineData("Dot", 3, "[3,2,1]")]
    [InlineData("Euclid", 1, "[3,2]")]
    [InlineData("Manhattan", 2, "[3,2,1]")]
    [InlineData("Cosine", 0.5, "[1,2,3]")]
    [InlineData("Euclid", -1, "[]")]
    public async Task A_threshold_keeps_scores_that_are_as_good(string distance, double threshold, string ids)
    {
        string c = await AxisAsync(distance);
        string body = string.Create(CultureInfo.InvariantCulture, $$"""{"query":[3,0],"score_threshold":{{threshold}}}""");
        Assert.Equal(ids, await IdsAsync($"{c}/points/query", body, sorted: distance == "Cosine"));
    }

    [Fact]
    public async Task A_score_given_back_as_threshold_keeps_its_point()
    {
        string c = await server.CreateAsync("""{"size":3,"distance":"Euclid"}""");
        await server.OkAsync("PUT", $"{c}/points?wait=true", """{"points":[{"id":1,"vector":[0.1,0.2,0.7]}]}""");
        JsonNode? answer = await server.OkAsync("POST", $"{c}/points/query", """{"query":[3,4.7,5.1]}""");
        string score = answer!["points"]![0]!["score"]!.ToJsonString();
        Assert.Equal("[1]", await IdsAsync($"{c}/points/query", $$"""{"query":[3,4.7,5.1],"score_threshold":{{score}}}"""));
    }

    [Fact]
    public async Task A_point_stands_for_its_vector_and_is_left_out()
    {
        string c = await AxisAsync("Euclid");
        Assert.Equal("[2,1,4]", await IdsAsync($"{c}/points/query", """{"query":3}"""));
        Assert.Equal("[2,1]", await IdsAsync($"{c}/points/query", """{"query":{"nearest":3},"limit":2}"""));
        (int status, string message) = await server.RefusedAsync("POST", $"{c}/points/query", """{"query":77}"""u8.ToArray());
        Assert.Equal((404, "Not found: No point with id 77 found"), (status, message));
        await server.OkAsync("PUT", $"{c}/points?wait=true", """{"points":[{"id":9,"vector":{}}]}""");
        (status, message) = await server.RefusedAsync("POST", $"{c}/points/query", """{"query":9}"""u8.ToArray());
        Assert.Equal(404, status);
        Assert.StartsWith("Not found: Vector with name \"\" for point", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_point_of_another_collection_can_be_looked_up()
    {
        string other = await server.CreateAsync("""{"v":{"size":2,"distance":"Dot"}}""");
        await server.OkAsync("PUT", $"{other}/points?wait=true", """{"points":[{"id":3,"vector":{"v":[1,0]}}]}""");
        string c = await AxisAsync("Euclid");
        string name = other["/collections/".Length..];
        Assert.Equal("[1,2,3,4]", await IdsAsync($"{c}/points/query", $$$"""{"query":3,"lookup_from":{"collection":"{{{name}}}","vector":"v"}}"""));
        (int status, string message) = await server.RefusedAsync("POST", $"{c}/points/query", """{"query":3,"lookup_from":{"collection":"x"}}"""u8.ToArray());
        Assert.Equal((404, "Not found: Collection x not found"), (status, message));
    }

    [Fact]
    public async Task Filters_limits_and_offsets_apply()
    {
        string c = await AxisAsync("Euclid");
        Assert.Equal("[1,4]", await IdsAsync($"{c}/points/query", """{"query":[3,0],"filter":{"must_not":[{"has_id":[2,3]}]}}"""));
        Assert.Equal("[2,1]", await IdsAsync($"{c}/points/query", """{"query":[3,0],"limit":2,"offset":1}"""));
        Assert.Equal("[]", await IdsAsync($"{c}/points/query", """{"query":[3,0],"offset":10}"""));
    }

    [Fact]
    public async Task Points_carry_what_was_asked_for()
    {
        string c = await AxisAsync("Euclid");
        JsonNode? answer = await server.OkAsync("POST", $"{c}/points/query", """{"query":[3,0],"limit":1}""");
        Assert.Equal(["id", "version", "score"], answer!["points"]![0]!.AsObject().Select(member => member.Key));
        answer = await server.OkAsync("POST", $"{c}/points/query", """{"query":[3,0],"limit":1,"with_payload":true,"with_vector":true}""");
        Assert.Equal("""{"n":3}""", answer!["points"]![0]!["payload"]!.ToJsonString());
        Assert.Equal("[3,0]", answer["points"]![0]!["vector"]!.ToJsonString());
    }

    [Fact]
    public async Task Without_a_query_points_come_in_the_order_of_their_ids()
    {
        string c = await AxisAsync("Euclid");
        Assert.Equal("[1,2,3,4]", await IdsAsync($"{c}/points/query", "{}"));
        Assert.Equal("[3]", await IdsAsync($"{c}/points/query", """{"limit":1,"offset":2}"""));
        await server.OkAsync("PUT", $"{c}/index?wait=true", """{"field_name":"n","field_schema":"integer"}""");
        Assert.Equal("[4,3]", await IdsAsync($"{c}/points/query", """{"query":{"order_by":{"key":"n","direction":"desc"}},"limit":2}"""));
    }

    [Fact]
    public async Task A_batch_answers_each_query()
    {
        string c = await AxisAsync("Euclid");
        JsonNode? answers = await server.OkAsync("POST", $"{c}/points/query/batch", """{"searches":[{"query":[3,0],"limit":1},{"query":1,"limit":1},{"limit":2}]}""");
        Assert.Equal(["3", "2", "1,2"], answers!.AsArray().Select(answer => string.Join(',', answer!["points"]!.AsArray().Select(point => point!["id"]!.ToJsonString()))));
        (int status, string message) = await server.RefusedAsync("POST", $"{c}/points/query/batch", """{"searches":[{"query":[3,0]},{"query":[3]}]}"""u8.ToArray());
        Assert.Equal((400, "Wrong input: Vector dimension error: expected dim: 2, got 1 (at searches[1].query)"), (status, message));
    }

    [Fact]
    public async Task The_older_searches_answer_with_a_plain_list()
    {
        string c = await AxisAsync("Euclid");
        JsonNode? answer = await server.OkAsync("POST", $"{c}/points/search", """{"vector":[3,0],"limit":2,"with_payload":true}""");
        Assert.Equal(["3", "2"], answer!.AsArray().Select(point => point!["id"]!.ToJsonString()));
        answer = await server.OkAsync("POST", $"{c}/points/search/batch", """{"searches":[{"vector":[3,0],"limit":1},{"vector":{"name":"","vector":[1,0]},"top":1}]}""");
        Assert.Equal(["3", "1"], answer!.AsArray().Select(list => list![0]!["id"]!.ToJsonString()));
    }

    [Fact]
    public async Task Named_vectors_are_searched_by_using()
    {
        string c = await server.CreateAsync("""{"a":{"size":2,"distance":"Dot"},"b":{"size":1,"distance":"Euclid"}}""");
        await server.OkAsync("PUT", $"{c}/points?wait=true", """{"points":[{"id":1,"vector":{"a":[1,0],"b":[5]}},{"id":2,"vector":{"a":[2,0]}}]}""");
        Assert.Equal("""[{"id":2,"score":2},{"id":1,"score":1}]""", await ScoresAsync($"{c}/points/query", """{"query":[1,0],"using":"a"}"""));
        Assert.Equal("""[{"id":1,"score":2}]""", await ScoresAsync($"{c}/points/query", """{"query":[7],"using":"b"}"""));
        JsonNode? answer = await server.OkAsync("POST", $"{c}/points/query", """{"query":[7],"using":"b","with_vector":["b"]}""");
        Assert.Equal("""{"b":[5]}""", answer!["points"]![0]!["vector"]!.ToJsonString());
        (int status, string message) = await server.RefusedAsync("POST", $"{c}/points/query", """{"query":[7]}"""u8.ToArray());
        Assert.Equal(400, status);
        Assert.StartsWith("Wrong input: Not existing vector name error: ", message, StringComparison.Ordinal);
        (status, message) = await server.RefusedAsync("POST", $"{c}/points/query", """{"query":[7],"using":"zz"}"""u8.ToArray());
        Assert.Equal((400, "Wrong input: Not existing vector name error: zz"), (status, message));
    }

    [Fact]
    public async Task Calls_that_this_version_lacks_say_so()
    {
        string c = await AxisAsync("Dot");
        foreach (string call in (string[])["query/groups", "recommend", "discover", "search/matrix/pairs"])
        {
            (int status, string message) = await server.RefusedAsync("POST", $"{c}/points/{call}", Encoding.UTF8.GetBytes("{}"));
            Assert.Equal((400, $"Bad request: calls of `{call}` are not supported by this version"), (status, message));
        }
    }

    /// <summary>Points 1 to 3 on the first axis, point 4 at (0, 4).</summary>
    private async Task<string> AxisAsync(string distance)
    {
        string c = await server.CreateAsync($$"""{"size":2,"distance":"{{distance}}"}""");
        await server.OkAsync("PUT", $"{c}/points?wait=true", """{"points":[{"id":1,"vector":[1,0],"payload":{"n":1}},{"id":2,"vector":[2,0],"payload":{"n":2}},{"id":3,"vector":[3,0],"payload":{"n":3}},{"id":4,"vector":[0,4],"payload":{"n":4}}]}""");
        return c;
    }

    private async Task<string> ScoresAsync(string path, string body, bool sorted = false)
    {
        JsonNode? answer = await server.OkAsync("POST", path, body);
        IEnumerable<JsonNode?> points = answer!["points"]!.AsArray();
        if (sorted)
            points = points.OrderByDescending(point => (float)point!["score"]!).ThenBy(point => (int)point!["id"]!);
        return "[" + string.Join(',', points.Select(point => $$"""{"id":{{point!["id"]!.ToJsonString()}},"score":{{point["score"]!.ToJsonString()}}}""")) + "]";
    }

    private async Task<string> IdsAsync(string path, string body, bool sorted = false)
    {
        JsonNode? answer = await server.OkAsync("POST", path, body);
        IEnumerable<int> ids = answer!["points"]!.AsArray().Select(point => (int)point!["id"]!);
        return "[" + string.Join(',', sorted ? ids.Order() : ids) + "]";
    }
}
