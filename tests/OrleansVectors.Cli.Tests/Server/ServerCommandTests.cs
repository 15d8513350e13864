using System.Text.Json;
using OrleansVectors.Cli.Tests.CommandLine;
using OrleansVectors.Cli.Tests.VectorFiles;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Tests.Server;

/// <summary>The commands on a real server that nothing happens to.</summary>
public sealed class ServerCommandTests(ServerProcess server) : IClassFixture<ServerProcess>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _collection = "c" + Guid.NewGuid().ToString("N");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("npy")]
    [InlineData("fvecs")]
    public async Task What_was_imported_is_exported_bit_for_bit(string format)
    {
        Random random = new(3);
        float[][] rows = [.. Enumerable.Range(0, 1234).Select(_ => Enumerable.Range(0, 24).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        string source = _folder.Write("a.fvecs.gz", VectorBytes.Fvecs(rows), compress: true);
        string target = _folder.File("b." + format);

        await SucceedsAsync("import", "-c", _collection, "--metric", "euclid", "--batch-size", "100", source);
        await SucceedsAsync("export", "-c", _collection, target);

        using IVectorReader reader = VectorFile.Open(target);
        float[] row = new float[24];
        foreach (float[] expected in rows)
        {
            Assert.True(reader.TryRead(row));
            Assert.Equal(expected, row);
        }

        Assert.False(reader.TryRead(row));
    }

    [Fact]
    public async Task Json_lines_with_payloads_ids_and_vectors_beside_make_the_round_trip()
    {
        string lines = _folder.Write(
            "a.jsonl",
            """
            {"id":5,"payload":{"a":1,"t":"größe","n":null,"l":[1,{"x":2.5}]}}
            {"id":"6f9619ff-8b86-d011-b42d-00c04fc964ff","b":true}
            {"id":"doc-1","payload":{}}
            """);
        string vectors = _folder.Write("v.npy", VectorBytes.Npy([[1, 2], [3, 4], [5, 6]], "<f2"));
        string first = _folder.File("first.jsonl.gz");

        await SucceedsAsync("import", "-c", _collection, "--metric", "dot", "--vectors", vectors, lines);
        await SucceedsAsync("export", "-c", _collection, first);
        await SucceedsAsync("import", "-c", _collection + "2", "--metric", "dot", first);

        string once = (await SucceedsAsync("export", "-c", _collection)).Output;
        Assert.Equal(once, (await SucceedsAsync("export", "-c", _collection + "2")).Output);
        JsonElement[] points = [.. once.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(3, points.Length);
        Assert.Equal("5", points[0].GetProperty("id").GetRawText());
        Assert.Equal("""{"a":1,"t":"größe","n":null,"l":[1,{"x":2.5}]}""", points[0].GetProperty("payload").GetRawText());
        Assert.Contains(points, point => point.GetProperty("payload").TryGetProperty("_id", out JsonElement id) && id.GetString() == "doc-1");
    }

    [Fact]
    public async Task A_csv_file_makes_the_round_trip()
    {
        const string Csv = "id,vector,name,price\r\n1,\"[1,0.5]\",\"a, \"\"b\"\"\r\nc\",2.5\r\n2,\"[2,0]\",,3\r\n";

        await SucceedsAsync("import", "-c", _collection, "--metric", "manhattan", _folder.Write("a.csv", Csv));

        Assert.Equal(Csv, (await SucceedsAsync("export", "-c", _collection, "--format", "csv")).Output);
    }

    [Fact]
    public async Task Named_vectors_are_written_exported_and_measured_under_their_name()
    {
        string file = _folder.Write("a.bvecs", VectorBytes.Bvecs([[1, 2], [3, 4]]));
        string truth = _folder.Write("t.ivecs", VectorBytes.Ivecs([[0, 1], [1, 0]]));

        await SucceedsAsync("import", "-c", _collection, "--metric", "euclid", "--name", "image", file);
        await SucceedsAsync("export", "-c", _collection, _folder.File("b.fvecs"));
        Invocation bench = await SucceedsAsync(
            "bench", "recall", "-c", _collection, "--name", "image", "--base", file, "--query", file, "--truth", truth, "--k", "2", "--exact");
        Invocation unnamed = await server.RunAsync("import", "-c", _collection, file, "--state", _folder.File("s2"));

        Assert.Equal(VectorBytes.Fvecs([[1, 2], [3, 4]]), File.ReadAllBytes(_folder.File("b.fvecs")));
        Assert.Contains("1.0000", bench.Output, StringComparison.Ordinal);
        Assert.Equal(1, unnamed.ExitCode);
        Assert.Contains("choose one with --name", unnamed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_bad_line_ends_an_import_after_the_rows_before_it_and_skipping_goes_on_from_there()
    {
        string file = _folder.Write("a.jsonl", string.Concat(Enumerable.Range(0, 40).Select(i => i == 25 ? "oops\n" : $"{{\"vector\":[{i},1]}}\n")));

        Invocation stopped = await ImportAsync("--metric", "euclid", "--batch-size", "10", file);
        Assert.Equal(1, stopped.ExitCode);
        Assert.Contains($"{file}:26: not valid JSON", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(25, await CountAsync());

        Invocation skipped = await ImportAsync("--batch-size", "10", "--skip-bad", file);
        Assert.Equal(1, skipped.ExitCode);
        Assert.Contains("continuing after row 25", skipped.Error, StringComparison.Ordinal);
        Assert.Contains("1 of 40 rows were bad", skipped.Error, StringComparison.Ordinal);
        Assert.Equal(39, await CountAsync());
        Assert.False(Directory.Exists(_folder.File("state")));
    }

    [Fact]
    public async Task A_target_that_is_missing_or_does_not_fit_is_refused_before_anything_is_sent()
    {
        string file = _folder.Write("a.bvecs", VectorBytes.Bvecs([[1, 2]]));
        string wider = _folder.Write("b.bvecs", VectorBytes.Bvecs([[1, 2, 3]]));

        Assert.Contains("--metric", (await ImportAsync(file)).Error, StringComparison.Ordinal);
        await SucceedsAsync("import", "-c", _collection, "--metric", "euclid", file);
        Assert.Contains("3 components, 2 are expected", (await ImportAsync(wider)).Error, StringComparison.Ordinal);
        Assert.Contains("exists with the distance Euclid, not Dot", (await ImportAsync("--metric", "dot", file)).Error, StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task What_the_server_refuses_is_told_with_its_rows()
    {
        string lines = _folder.Write("a.jsonl", "{\"vector\":[1,2]}\n{\"vector\":[1e300,2]}\n");

        Invocation refused = await ImportAsync("--metric", "euclid", lines);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"{lines}: rows 0 to 1: the server refused (4", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limit_and_id_start_choose_rows_and_ids()
    {
        string file = _folder.Write("a.bvecs", VectorBytes.Bvecs(VectorBytes.Rows(rows: 50, dim: 4)));

        await SucceedsAsync("import", "-c", _collection, "--metric", "dot", "--limit", "7", "--id-start", "100", file);
        Invocation export = await SucceedsAsync("export", "-c", _collection, "--format", "fvecs", _folder.File("x.fvecs"), "--ids", _folder.File("ids"));

        Assert.Equal(Enumerable.Range(100, 7).Select(id => $"{id}"), File.ReadAllLines(_folder.File("ids")));
        Assert.Contains("exported 7 points", export.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_shows_the_server_and_its_collections()
    {
        await SucceedsAsync("import", "-c", _collection, "--metric", "cosine", _folder.Write("a.bvecs", VectorBytes.Bvecs([[1, 2]])));

        string table = (await SucceedsAsync("info")).Output;
        string one = (await SucceedsAsync("info", "-c", _collection)).Output;
        using JsonDocument json = JsonDocument.Parse((await SucceedsAsync("info", "--json")).Output);
        Invocation missing = await server.RunAsync("info", "-c", "missing");

        Assert.Contains(_collection, table, StringComparison.Ordinal);
        Assert.Contains("2 Cosine", table, StringComparison.Ordinal);
        Assert.Contains("config:", one, StringComparison.Ordinal);
        Assert.NotEqual("", json.RootElement.GetProperty("version").GetString());
        Assert.Contains(json.RootElement.GetProperty("collections").EnumerateArray(), entry => entry.GetProperty("name").GetString() == _collection);
        Assert.Equal((1, "collection 'missing' does not exist"), (missing.ExitCode, missing.Error.Trim()));
    }

    [Fact]
    public async Task Recall_of_the_exact_search_is_one_also_with_ties()
    {
        // Components of 0 to 3 make many equal distances.
        Random random = new(9);
        float[][] rows = [.. Enumerable.Range(0, 3000).Select(_ => Enumerable.Range(0, 8).Select(_ => (float)random.Next(4)).ToArray())];
        float[][] queries = rows[..60];
        float[][] truth = [.. queries.Select(query => Enumerable.Range(0, rows.Length)
            .OrderByDescending(i => i)
            .OrderBy(i => rows[i].Zip(query, (a, b) => (a - b) * (a - b)).Sum())
            .Take(10).Select(i => (float)i).ToArray())];
        string @base = _folder.Write("base.bvecs", VectorBytes.Bvecs(rows));
        string[] files = ["--base", @base, "--query", _folder.Write("q.bvecs", VectorBytes.Bvecs(queries)), "--truth", _folder.Write("t.ivecs", VectorBytes.Ivecs(truth))];

        await SucceedsAsync("import", "-c", _collection, "--metric", "euclid", @base);
        using JsonDocument exact = JsonDocument.Parse((await SucceedsAsync(["bench", "recall", "-c", _collection, "--exact", "--threads", "3", "--json", .. files])).Output);
        using JsonDocument approximate = JsonDocument.Parse((await SucceedsAsync(["bench", "recall", "-c", _collection, "--hnsw-ef", "16,128", "--json", .. files])).Output);

        Assert.Equal(1.0, exact.RootElement.GetProperty("runs")[0].GetProperty("recall").GetDouble());
        JsonElement runs = approximate.RootElement.GetProperty("runs");
        Assert.Equal([16, 128], runs.EnumerateArray().Select(run => run.GetProperty("hnsw_ef").GetInt32()));
        Assert.All(runs.EnumerateArray(), run => Assert.InRange(run.GetProperty("recall").GetDouble(), 0.9, 1.0));
        Assert.All(runs.EnumerateArray(), run => Assert.True(run.GetProperty("p50_ms").GetDouble() <= run.GetProperty("p99_ms").GetDouble()));
    }

    private Task<Invocation> ImportAsync(params string[] arguments)
        => server.RunAsync(["import", "-c", _collection, "--state", _folder.File("state"), .. arguments]);

    private async Task<Invocation> SucceedsAsync(params string[] arguments)
    {
        string[] state = arguments[0] == "import" ? ["--state", _folder.File("state")] : [];
        Invocation run = await server.RunAsync([.. arguments, .. state]);
        Assert.True(run.ExitCode == 0, $"ov {string.Join(' ', arguments)}: {run.Error}");
        return run;
    }

    private async Task<long> CountAsync()
    {
        using JsonDocument info = JsonDocument.Parse((await server.RunAsync("info", "-c", _collection, "--json")).Output);
        return info.RootElement.GetProperty("collections")[0].GetProperty("points_count").GetInt64();
    }
}
