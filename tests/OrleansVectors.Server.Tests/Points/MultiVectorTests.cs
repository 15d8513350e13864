using System.Text;
using System.Text.Json.Nodes;

namespace OrleansVectors.Server.Tests.Points;

public sealed class MultiVectorTests(PointsServer server) : IClassFixture<PointsServer>
{
    private const string Rows = """{"size":2,"distance":"Dot","multivector_config":{"comparator":"max_sim"}}""";

    [Fact]
    public async Task Rows_are_stored_and_given_back_as_they_came()
    {
        string path = await server.CreateAsync($$"""{"rows":{{Rows}},"one":{"size":2,"distance":"Euclid"} }""");
        await server.OkAsync("PUT", path + "/points?wait=true", """
            {"points":[{"id":1,"vector":{"rows":[[1,0],[0,2]],"one":[1,2]}},{"id":2,"vector":{"rows":[3,4]}},{"id":3,"vector":{"one":[0,0]}}]}
            """);
        Assert.Equal(
            """[{"id":1,"vector":{"rows":[[1,0],[0,2]]}},{"id":2,"vector":{"rows":[[3,4]]}},{"id":3,"vector":{}}]""",
            await server.TextAsync("POST", path + "/points", """{"ids":[1,2,3],"with_payload":false,"with_vector":["rows"]}"""));
        JsonNode info = (await server.OkAsync("GET", path))!;
        Assert.Equal(
            """{"size":2,"distance":"Dot","multivector_config":{"comparator":"max_sim"}}""",
            info["config"]!["params"]!["vectors"]!["rows"]!.ToJsonString());

        await server.OkAsync("PUT", path + "/points/vectors?wait=true", """{"points":[{"id":1,"vector":{"rows":[[5,5],[6,6],[7,7]]}},{"id":3,"vector":{"rows":[[9,9]]}}]}""");
        await server.OkAsync("POST", path + "/points/vectors/delete?wait=true", """{"points":[2],"vector":["rows"]}""");
        Assert.Equal(
            """[{"id":1,"vector":{"rows":[[5,5],[6,6],[7,7]]}},{"id":2,"vector":{}},{"id":3,"vector":{"rows":[[9,9]]}}]""",
            await server.TextAsync("POST", path + "/points", """{"ids":[1,2,3],"with_payload":false,"with_vector":["rows"]}"""));
        Assert.Equal(2, (int)(await server.OkAsync("POST", path + "/points/count", """{"filter":{"must":[{"has_vector":"rows"}]}}"""))!["count"]!);
    }

    [Fact]
    public async Task The_score_is_the_sum_of_the_best_row_for_each_row_of_the_query()
    {
        string path = await server.CreateAsync(Rows);
        await server.OkAsync("PUT", path + "/points?wait=true", """
            {"batch":{"ids":[1,2,3],"vectors":[[[1,0],[0,1]],[[2,0]],[[0,1],[0,3]]],"payloads":[{"a":1},{"a":2},{"a":1}]}}
            """);
        Assert.Equal("3:3 1:2 2:2", await FindAsync(path, """{"query":[[1,0],[0,1]]}"""));
        Assert.Equal("2:2 1:1 3:0", await FindAsync(path, """{"query":[1,0]}"""));
        Assert.Equal("3:3 1:2", await FindAsync(path, """{"query":[[1,0],[0,1]],"filter":{"must":[{"key":"a","match":{"value":1}}]}}"""));
        Assert.Equal("1:2", await FindAsync(path, """{"query":[[1,0],[0,1]],"limit":1,"offset":1}"""));
        Assert.Equal("3:3", await FindAsync(path, """{"query":[[1,0],[0,1]],"score_threshold":2.5}"""));
        Assert.Equal("1:4 2:0", await FindAsync(path, """{"query":3}"""));
        Assert.Equal("1:4", await FindAsync(path, """{"query":{"nearest":3},"limit":1}"""));
        JsonNode answer = JsonNode.Parse((await server.SendAsync(
            "POST", path + "/points/query", Encoding.UTF8.GetBytes("""{"query":[[1,0]],"params":{"explain":true}}"""))).Text)!;
        Assert.Equal("scan", (string)answer["explain"]![0]!["plan"]!);
        Assert.Equal(5, (long)answer["explain"]![0]!["vector_distances"]!);
    }

    [Theory]
    [InlineData("Euclid", "2:1 1:5.91608")]
    [InlineData("Manhattan", "2:1 1:11")]
    public async Task Lengths_are_made_of_the_sum(string distance, string expected)
    {
        string path = await server.CreateAsync(Rows.Replace("Dot", distance, StringComparison.Ordinal));
        await server.OkAsync("PUT", path + "/points?wait=true", """{"points":[{"id":1,"vector":[[3,4]]},{"id":2,"vector":[[0,5],[1,0]]}]}""");
        Assert.Equal(expected, await FindAsync(path, """{"query":[[0,0],[0,5]]}"""));
    }

    [Theory]
    [InlineData("""{"points":[{"id":1,"vector":[[1,2],[3]]}]}""", "Vector dimension error: expected dim: 2, got 1 (at points[0].vector[1])")]
    [InlineData("""{"points":[{"id":1,"vector":[[1,2,3]]}]}""", "Vector dimension error: expected dim: 2, got 3")]
    [InlineData("""{"points":[{"id":1,"vector":[[1,2],4]}]}""", "points[0].vector[1]: expected a vector")]
    [InlineData("""{"points":[{"id":1,"vector":[[1,2],[]]}]}""", "points[0].vector[1]: value [] invalid, must not be empty")]
    [InlineData("""{"points":[{"id":1,"vector":[[1,2],[[3,4]]]}]}""", "points[0].vector[1][0]")]
    [InlineData("""{"points":[{"id":1,"vector":[]}]}""", "must not be empty")]
    public async Task Rows_that_are_none_are_refused_by_place(string body, string expected)
    {
        string path = await server.CreateAsync(Rows);
        (int _, string message) = await server.RefusedAsync("PUT", path + "/points?wait=true", Encoding.UTF8.GetBytes(body));
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Equal(0, await server.CountAsync(path));
    }

    [Fact]
    public async Task A_dense_vector_takes_no_rows()
    {
        string path = await server.CreateAsync("""{"size":2,"distance":"Dot"}""");
        (int status, string message) = await server.RefusedAsync("PUT", path + "/points", """{"points":[{"id":1,"vector":[[1,2]]}]}"""u8.ToArray());
        Assert.Equal((400, true), (status, message.Contains("expected an array of numbers, got an array of rows", StringComparison.Ordinal)));
        (status, message) = await server.RefusedAsync("POST", path + "/points/query", """{"query":[[1,2]]}"""u8.ToArray());
        Assert.Equal((400, true), (status, message.Contains("expected an array of numbers, got an array of rows", StringComparison.Ordinal)));
    }

    private async Task<string> FindAsync(string path, string query)
    {
        JsonArray points = (await server.OkAsync("POST", path + "/points/query", query))!["points"]!.AsArray();
        return string.Join(' ', points.Select(point => $"{point!["id"]}:{point["score"]}"));
    }
}
