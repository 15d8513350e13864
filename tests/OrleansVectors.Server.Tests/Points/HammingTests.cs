using System.Text;
using System.Text.Json.Nodes;

namespace OrleansVectors.Server.Tests.Points;

public sealed class HammingTests(PointsServer server) : IClassFixture<PointsServer>
{
    private const int Seed = 6_427;

    [Theory]
    [InlineData("float32")]
    [InlineData("float16")]
    [InlineData("uint8")]
    public async Task The_score_is_the_number_of_components_that_differ_and_the_least_comes_first(string datatype)
    {
        string path = await server.CreateAsync($$"""{"size":5,"distance":"Hamming","datatype":"{{datatype}}"}""");
        await server.OkAsync("PUT", path + "/points?wait=true", """
            {"points":[{"id":1,"vector":[0,0,0,0,0]},{"id":2,"vector":[1,1,1,1,1]},{"id":3,"vector":[1,0,1,0,0],"payload":{"a":1}}]}
            """);
        Assert.Equal("3:1 2:2 1:3", await FindAsync(path, """{"query":[1,0,1,1,0]}"""));
        Assert.Equal("3:1 2:2", await FindAsync(path, """{"query":[1,0,1,1,0],"score_threshold":2}"""));
        Assert.Equal("3:1", await FindAsync(path, """{"query":[1,0,1,1,0],"score_threshold":1.9}"""));
        Assert.Equal("3:1", await FindAsync(path, """{"query":[1,0,1,1,0],"filter":{"must":[{"key":"a","match":{"value":1}}]}}"""));
        Assert.Equal("3:2 2:5", await FindAsync(path, """{"query":1}"""));
        Assert.Equal(
            """[{"id":3,"vector":[1,0,1,0,0]}]""",
            await server.TextAsync("POST", path + "/points", """{"ids":[3],"with_payload":false,"with_vector":true}"""));
        Assert.Equal("Hamming", (string)(await server.OkAsync("GET", path))!["config"]!["params"]!["vectors"]!["distance"]!);
    }

    [Fact]
    public async Task Components_that_are_neither_zero_nor_one_are_refused_by_place()
    {
        string path = await server.CreateAsync("""{"size":2,"distance":"Hamming"}""");
        foreach (string wrong in (string[])["2", "-1", "0.5"])
        {
            (int status, string message) = await server.RefusedAsync(
                "PUT", path + "/points", Encoding.UTF8.GetBytes($$"""{"points":[{"id":1,"vector":[0,1]},{"id":3,"vector":[1,{{wrong}}]}]}"""));
            Assert.Equal((422, true), (status, message.Contains($"points[1].vector[1]: value {wrong} invalid, must be 0 or 1", StringComparison.Ordinal)));
            (status, message) = await server.RefusedAsync("POST", path + "/points/query", Encoding.UTF8.GetBytes($$"""{"query":[{{wrong}},1]}"""));
            Assert.Equal((422, true), (status, message.Contains($"[0]: value {wrong} invalid, must be 0 or 1", StringComparison.Ordinal)));
        }

        Assert.Equal(0, await server.CountAsync(path));
    }

    [Fact]
    public async Task Rows_are_compared_by_the_sum_of_the_least()
    {
        string path = await server.CreateAsync("""{"size":3,"distance":"Hamming","multivector_config":{"comparator":"max_sim"}}""");
        await server.OkAsync("PUT", path + "/points?wait=true", """{"points":[{"id":1,"vector":[[1,1,1]]},{"id":2,"vector":[[0,0,0],[1,0,1]]}]}""");
        Assert.Equal("2:1 1:3", await FindAsync(path, """{"query":[[0,0,0],[1,1,1]]}"""));
    }

    [Fact]
    public async Task Codes_of_a_name_of_its_own_are_refused_and_those_of_the_collection_are_for_the_other_names()
    {
        (int status, string message) = await server.RefusedAsync(
            "PUT", "/collections/coded_bits", """{"vectors":{"size":2,"distance":"Hamming","quantization_config":{"scalar":{"type":"int8"}}}}"""u8.ToArray());
        Assert.Equal((422, true), (status, message.Contains("vectors.quantization_config: value scalar invalid, must not be given", StringComparison.Ordinal)));
        await server.OkAsync(
            "PUT", "/collections/coded_bits", """{"vectors":{"b":{"size":2,"distance":"Hamming"},"f":{"size":2,"distance":"Dot"}},"quantization_config":{"scalar":{"type":"int8"}}}""");
        await server.OkAsync("PATCH", "/collections/coded_bits", """{"vectors":{"b":{"quantization_config":"Disabled"}}}""");
        await server.OkAsync("PUT", "/collections/coded_bits/points?wait=true", """{"points":[{"id":1,"vector":{"b":[0,1],"f":[2,3]}}]}""");
        Assert.Equal("1:1", await FindAsync("/collections/coded_bits", """{"query":[1,1],"using":"b"}"""));
    }

    [Theory]
    [InlineData("hnsw")]
    [InlineData("flat")]
    [InlineData("ivf")]
    public async Task Every_kind_of_index_finds_what_an_exact_search_finds(string index)
    {
        const int dim = 90, points = 3000;
        Random random = new(Seed);
        string path = $"/collections/bits_{index}";
        await server.OkAsync(
            "PUT",
            path,
            $$"""
            {"vectors":{"size":{{dim}},"distance":"Hamming","index":"{{index}}","ivf_config":{"lists":20,"nprobe":10} },
             "hnsw_config":{"full_scan_threshold":10},"optimizers_config":{"indexing_threshold":1} }
            """);
        int[][] centres = [.. Enumerable.Range(0, 10).Select(_ => Enumerable.Range(0, dim).Select(_ => random.Next(2)).ToArray())];
        for (int from = 0; from < points; from += 1000)
        {
            string batch = string.Join(',', Enumerable.Range(from, 1000).Select(id => $$"""{"id":{{id}},"vector":{{Near(centres, random)}},"payload":{"third":{{id % 3}} } }"""));
            await server.OkAsync("PUT", path + "/points?wait=true", $$"""{"points":[{{batch}}]}""");
        }

        await WaitForIndexAsync(path, points);
        int right = 0, wanted = 0;
        for (int q = 0; q < 20; q++)
        {
            string filter = q % 2 == 0 ? "{}" : """{"must":[{"key":"third","match":{"value":1}}]}""";
            string query = $$"""{"query":{{Near(centres, random)}},"limit":10,"filter":{{filter}},"params":PARAMS}""";
            double[] exact = Scores(await FindAsync(path, query.Replace("PARAMS", """{"exact":true}""", StringComparison.Ordinal)));
            double[] found = Scores(await FindAsync(path, query.Replace("PARAMS", """{"hnsw_ef":100}""", StringComparison.Ordinal)));
            Assert.Equal(exact.Length, found.Length);
            wanted += exact.Length;
            right += found.Count(score => score <= exact[^1]);
        }

        Assert.True(right >= 0.97 * wanted, $"{right} of {wanted}, seed {Seed}");
        JsonNode answer = JsonNode.Parse((await server.SendAsync(
            "POST", path + "/points/query", Encoding.UTF8.GetBytes($$"""{"query":{{Near(centres, random)}},"params":{"explain":true} }"""))).Text)!;
        JsonNode explained = answer["explain"]![0]!;
        Assert.True(((long)explained["code_distances"]! > 0) == (index != "ivf"), explained.ToJsonString());
    }

    private static string Near(int[][] centres, Random random)
    {
        int[] vector = [.. centres[random.Next(centres.Length)]];
        for (int i = 0; i < 15; i++)
        {
            vector[random.Next(vector.Length)] ^= 1;
        }

        return $"[{string.Join(',', vector)}]";
    }

    private static double[] Scores(string hits) => [.. hits.Split(' ').Select(hit => double.Parse(hit.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture))];

    private async Task WaitForIndexAsync(string path, int points)
    {
        for (int i = 0; i < 600 && (long)(await server.OkAsync("GET", path))!["indexed_vectors_count"]! < points; i++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Equal(points, (long)(await server.OkAsync("GET", path))!["indexed_vectors_count"]!);
    }

    private async Task<string> FindAsync(string path, string query)
    {
        JsonArray points = (await server.OkAsync("POST", path + "/points/query", query))!["points"]!.AsArray();
        return string.Join(' ', points.Select(point => $"{point!["id"]}:{point["score"]}"));
    }
}
