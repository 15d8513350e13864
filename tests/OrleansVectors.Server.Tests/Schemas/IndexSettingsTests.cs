using System.Text.Json;
using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Schemas;

public sealed class IndexSettingsTests(RunningServer server) : IClassFixture<RunningServer>
{
    private HttpClient Http => server.Http;

    [Theory]
    [InlineData("""{"scalar":{"type":"int8","quantile":0.99,"always_ram":true}}""")]
    [InlineData("""{"scalar":{"type":"int4"}}""")]
    [InlineData("""{"scalar":{"type":"bfloat16"}}""")]
    [InlineData("""{"scalar":{"type":"int8"}}""")]
    [InlineData("""{"scalar":{"type":"int8","target_recall":0.5}}""")]
    [InlineData("""{"product":{"compression":"x32","always_ram":false}}""")]
    [InlineData("""{"product":{"compression":"x16","rotation":true}}""")]
    [InlineData("""{"binary":{"encoding":"one_and_half_bits","query_encoding":"scalar8bits"}}""")]
    [InlineData("""{"binary":{"always_ram":true}}""")]
    [InlineData("""{"turbo":{"bits":"bits1_5"}}""")]
    public async Task Codes_are_shown_as_they_were_asked_for_while_points_are_found(string quantization)
    {
        string path = "/collections/codes_" + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(quantization)))[..8];
        await Http.ResultAsync("PUT", path, """{"vectors":{"a":{"size":8,"distance":"Cosine"},"b":{"size":3,"distance":"Manhattan"}}}""");
        await Http.ResultAsync("PUT", path + "/points?wait=true", """
            {"points":[{"id":1,"vector":{"a":[1,2,3,4,5,6,7,8],"b":[0,0,1]}},{"id":2,"vector":{"a":[8,7,6,5,4,3,2,1],"b":[1,0,0]}}]}
            """);
        await Http.ResultAsync("PATCH", path, "{\"quantization_config\":" + quantization + "}");
        JsonElement config = (await Http.ResultAsync("GET", path)).GetProperty("config");
        Assert.Equal(quantization, config.GetProperty("quantization_config").GetRawText());
        await FindAsync(path, "a", "[1,2,3,4,5,6,7,8]", 1);
        await FindAsync(path, "b", "[1,0,0]", 2);

        await Http.ResultAsync("PATCH", path, $$"""{"quantization_config":"Disabled","vectors":{"a":{"quantization_config":{{quantization}} } } }""");
        config = (await Http.ResultAsync("GET", path)).GetProperty("config");
        Assert.Equal(JsonValueKind.Null, config.GetProperty("quantization_config").ValueKind);
        JsonElement vectors = config.GetProperty("params").GetProperty("vectors");
        Assert.Equal(quantization, vectors.GetProperty("a").GetProperty("quantization_config").GetRawText());
        Assert.False(vectors.GetProperty("b").TryGetProperty("quantization_config", out _));
        await FindAsync(path, "a", "[1,2,3,4,5,6,7,8]", 1);

        await Http.ResultAsync("PATCH", path, """{"vectors":{"a":{"quantization_config":"Disabled"}}}""");
        vectors = (await Http.ResultAsync("GET", path)).GetProperty("config").GetProperty("params").GetProperty("vectors");
        Assert.Equal("""{"size":8,"distance":"Cosine"}""", vectors.GetProperty("a").GetRawText());
        await FindAsync(path, "a", "[8,7,6,5,4,3,2,1]", 2);
    }

    [Theory]
    [InlineData("""{"size":2049,"distance":"Euclid","quantization_config":{"product":{"compression":"x16","rotation":true}}}""", "size 2049, Euclidean")]
    [InlineData("""{"size":4,"distance":"Manhattan","quantization_config":{"product":{"compression":"x16","rotation":true}}}""", "size 4, Manhattan")]
    public async Task A_rotation_that_cannot_be_learned_is_refused(string vectors, string expected)
    {
        string error = await Http.ErrorAsync(422, "PUT", "/collections/rotated", $$"""{"vectors":{{vectors}} }""");
        Assert.Contains("vectors.quantization_config.product.rotation: value true invalid, needs a size of at most 2048", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_graph_has_codes_until_they_are_refused()
    {
        const string Path = "/collections/unasked";
        await Http.ResultAsync("PUT", Path, """
            {"vectors":{"size":48,"distance":"Euclid"},"hnsw_config":{"full_scan_threshold":10},"optimizers_config":{"indexing_threshold":10}}
            """);
        Random random = new(3);
        string points = string.Join(',', Enumerable.Range(1, 600).Select(id =>
            $"{{\"id\":{id},\"vector\":[{string.Join(',', Enumerable.Range(0, 48).Select(_ => random.Next(-100, 100)))}]}}"));
        await Http.ResultAsync("PUT", Path + "/points?wait=true", $"{{\"points\":[{points}]}}");
        await UntilCodesAsync(Path, "int8");
        Assert.Equal(JsonValueKind.Null, (await Http.ResultAsync("GET", Path)).GetProperty("config").GetProperty("quantization_config").ValueKind);
        await Http.ResultAsync("PATCH", Path, """{"quantization_config":"Disabled"}""");
        await UntilCodesAsync(Path, null);
        Assert.Equal(JsonValueKind.Null, (await Http.ResultAsync("GET", Path)).GetProperty("config").GetProperty("quantization_config").ValueKind);
        await Http.ResultAsync("PATCH", Path, """{"quantization_config":{"turbo":{"bits":4,"target_recall":0.9}}}""");
        await UntilCodesAsync(Path, "rabitq4");
    }

    [Fact]
    public async Task The_kind_of_index_is_switched_while_points_are_found_and_shown_again()
    {
        const string Path = "/collections/kinds";
        await Http.ResultAsync("PUT", Path, """{"vectors":{"size":2,"distance":"Euclid","index":"ivf","ivf_config":{"lists":4,"nprobe":2},"memory":"pinned"}}""");
        await Http.ResultAsync("PUT", Path + "/points?wait=true", """{"points":[{"id":1,"vector":[0,0]},{"id":2,"vector":[5,5]}]}""");
        Assert.Equal(
            """{"size":2,"distance":"Euclid","memory":"pinned","index":"ivf","ivf_config":{"lists":4,"nprobe":2}}""",
            (await VectorsAsync(Path)).GetRawText());
        await FindAsync(Path, "", "[4,4]", 2);
        await Http.ResultAsync("PATCH", Path, """{"vectors":{"":{"index":"flat","ivf_config":{"nprobe":3},"on_disk":true}}}""");
        Assert.Equal(
            """{"size":2,"distance":"Euclid","on_disk":true,"memory":"pinned","index":"flat","ivf_config":{"lists":4,"nprobe":3}}""",
            (await VectorsAsync(Path)).GetRawText());
        await FindAsync(Path, "", "[4,4]", 2);
        await Http.ResultAsync("PATCH", Path, """{"vectors":{"":{"index":"hnsw"}}}""");
        await FindAsync(Path, "", "[1,1]", 1);
    }

    [Theory]
    [InlineData("""{"hnsw_ef":16,"exact":null,"indexed_only":null,"quantization":{"ignore":true,"rescore":null,"oversampling":null},"nprobe":8}""")]
    [InlineData("""{"quantization":{"ignore":false,"rescore":true,"oversampling":2.5}}""")]
    [InlineData("""{"quantization":null,"nprobe":null,"explain":null,"acorn":null}""")]
    public async Task Hints_for_one_search_are_taken(string parameters)
    {
        await SomePointsAsync("/collections/hints");
        await FindAsync("/collections/hints", "", "[4,4]", 2, parameters);
    }

    [Theory]
    [InlineData("""{"hnsw_ef":0}""", 422, "hnsw_ef: value 0 invalid, must be")]
    [InlineData("""{"nprobe":0}""", 422, "params.nprobe: value 0 invalid, must be from 1 to 65536")]
    [InlineData("""{"quantization":{"oversampling":0.5}}""", 422, "params.quantization.oversampling: value 0.5 invalid, must be from 1 to 1000")]
    [InlineData("""{"quantization":{"oversample":2}}""", 400, "params.quantization.oversample: unknown field")]
    [InlineData("""{"explain":1}""", 400, "params.explain: expected a boolean, found the number 1")]
    public async Task Hints_out_of_bounds_are_refused_by_name(string parameters, int status, string expected)
    {
        await SomePointsAsync("/collections/hints");
        string error = await Http.ErrorAsync(
            status, "POST", "/collections/hints/points/query", $$"""{"query":[1,1],"params":{{parameters}} }""");
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_says_how_it_was_found_when_it_is_asked()
    {
        await SomePointsAsync("/collections/hints");
        (_, JsonElement answer) = await Http.CallAsync("POST", "/collections/hints/points/query", """{"query":[1,1],"params":{"explain":true,"exact":true}}""");
        Assert.Equal(2, answer.GetProperty("result").GetProperty("points").GetArrayLength());
        Assert.Equal(JsonValueKind.Array, answer.GetProperty("explain").ValueKind);
        (_, answer) = await Http.CallAsync("POST", "/collections/hints/points/query", """{"query":[1,1]}""");
        Assert.False(answer.TryGetProperty("explain", out _));
        (_, answer) = await Http.CallAsync(
            "POST", "/collections/hints/points/query/batch", """{"searches":[{"query":[1,1]},{"query":[2,2],"params":{"explain":true}}]}""");
        Assert.Equal(2, answer.GetProperty("explain").GetArrayLength());
        Assert.Empty(answer.GetProperty("explain")[0].EnumerateArray());
    }

    private async Task UntilCodesAsync(string path, string? codes)
    {
        string zeros = string.Join(',', Enumerable.Repeat('0', 48));
        long until = Environment.TickCount64 + 30_000;
        while (true)
        {
            (_, JsonElement answer) = await Http.CallAsync("POST", path + "/points/query", $$"""{"query":[{{zeros}}],"params":{"explain":true} }""");
            JsonElement explained = answer.GetProperty("explain")[0];
            bool isWalk = explained.GetProperty("plan").GetString() == "walk";
            string? used = explained.TryGetProperty("codes", out JsonElement name) ? name.GetString() : null;
            if (isWalk && used == codes)
                return;
            Assert.True(Environment.TickCount64 < until, $"{codes} expected, last {explained}");
            await Task.Delay(20);
        }
    }

    private async Task SomePointsAsync(string path)
    {
        if (!(await Http.ResultAsync("GET", path + "/exists")).GetProperty("exists").GetBoolean())
            await Http.ResultAsync("PUT", path, """{"vectors":{"size":2,"distance":"Euclid"}}""");
        await Http.ResultAsync("PUT", path + "/points?wait=true", """{"points":[{"id":1,"vector":[0,0]},{"id":2,"vector":[5,5]}]}""");
    }

    private async Task<JsonElement> VectorsAsync(string path)
        => (await Http.ResultAsync("GET", path)).GetProperty("config").GetProperty("params").GetProperty("vectors");

    private async Task FindAsync(string path, string name, string query, int expected, string parameters = "{}")
    {
        JsonElement points = (await Http.ResultAsync(
            "POST", path + "/points/query", $$"""{"query":{{query}},"using":"{{name}}","limit":1,"params":{{parameters}} }""")).GetProperty("points");
        Assert.Equal(expected, points[0].GetProperty("id").GetInt32());
    }
}
