using System.Text.Json;
using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Metrics;

/// <summary>What requests do shows in <c>/metrics</c>.</summary>
public sealed class MetricsTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const int Size = 40;
    private const int Points = 1000;

    /// <summary>So many points have the vector "few".</summary>
    private const int Few = 100;

    private const string Coded = """ "quantization_config":{"scalar":{"type":"int8"}}, """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private HttpClient Http => server.Http;

    [Fact]
    public async Task Every_figure_has_its_type_and_counters_say_so_in_their_name()
    {
        await CreateAsync("typed", "");
        Figures figures = await Figures.OfAsync(Http);
        foreach ((string family, string type) in figures.Families)
        {
            Assert.True(type is "gauge" or "counter" or "histogram", $"{family} {type}");
            Assert.True(type != "counter" || family.EndsWith("_total", StringComparison.Ordinal), $"{family} {type}");
        }

        Assert.Equal(0, figures["""collection_searches_total{id="typed",vector="all",plan="match_walk"}"""]);
        Assert.Equal(1, figures["""collection_index_info{id="typed",vector="few",index="none",codes="none"}"""]);
        Assert.InRange(figures.Series.Count(series => series.Contains("id=\"typed\",vector=\"few\"", StringComparison.Ordinal)), 15, 30);
    }

    [Fact]
    public async Task Searches_move_the_figures_of_their_collection_and_vector_alone()
    {
        await FillAsync("searched", Coded);
        await FillAsync("other", "");
        Figures before = await Figures.OfAsync(Http);
        List<JsonElement> explained = [];
        foreach (string search in (string[])
        [
            """ "using":"all","limit":10,"params":{"explain":true} """,
            """ "using":"all","limit":10,"params":{"explain":true,"exact":true} """,
            """ "using":"all","limit":10,"params":{"explain":true},"filter":{"must":[{"key":"n","match":{"value":5}}]} """,
            """ "using":"all","limit":10,"params":{"explain":true},"filter":{"must":[{"key":"n","match":{"value":-5}}]} """,
        ])
        {
            explained.Add(await ExplainAsync("searched", search));
        }

        JsonElement few = await ExplainAsync("searched", $$""" "using":"few","limit":{{Few + 10}},"params":{"explain":true} """);
        Assert.True(few.GetProperty("fell_back_to_scan").GetBoolean());

        Figures after = await Figures.OfAsync(Http);
        Assert.Equal(["walk", "scan", "match_scan", "nothing"], explained.Select(one => one.GetProperty("plan").GetString()));
        foreach (string plan in (string[])["walk", "scan", "match_scan", "nothing"])
        {
            Assert.Equal(1, Moved($$"""collection_searches_total{id="searched",vector="all",plan="{{plan}}"}"""));
        }

        Assert.Equal(0, Moved("""collection_searches_total{id="searched",vector="all",plan="match_walk"}"""));
        Assert.Equal(0, Moved("""collection_search_fallbacks_total{id="searched",vector="all"}"""));
        Assert.Equal(Sum("vector_distances"), Moved("""collection_search_distances_total{id="searched",vector="all",kind="vectors"}"""));
        Assert.Equal(Sum("code_distances"), Moved("""collection_search_distances_total{id="searched",vector="all",kind="codes"}"""));
        Assert.Equal(Sum("rescored"), Moved("""collection_search_rescored_total{id="searched",vector="all"}"""));
        Assert.Equal(Sum("nodes_visited"), Moved("""collection_search_nodes_visited_total{id="searched",vector="all"}"""));
        Assert.All((string[])["vector_distances", "code_distances", "rescored", "nodes_visited"], name => Assert.True(Sum(name) > 0, name));
        Assert.Equal(1, Moved("""collection_searches_total{id="searched",vector="few",plan="walk"}"""));
        Assert.Equal(1, Moved("""collection_search_fallbacks_total{id="searched",vector="few"}"""));
        Assert.All(
            after.Series.Where(series => series.Contains("search", StringComparison.Ordinal) && series.Contains("id=\"other\"", StringComparison.Ordinal)),
            series => Assert.Equal(0, Moved(series)));

        double Moved(string series) => after[series] - before[series];

        long Sum(string name) => explained.Sum(one => one.GetProperty(name).GetInt64());
    }

    [Fact]
    public async Task Indexes_show_what_they_are_and_how_far_they_have_come()
    {
        await FillAsync("indexed", Coded);
        Figures figures = await Figures.OfAsync(Http);
        const string All = "id=\"indexed\",vector=\"all\"";
        Assert.Equal(1, figures[$$"""collection_index_info{{{All}},index="hnsw",codes="int8"}"""]);
        Assert.InRange(figures[$$"""collection_index_oversampling{{{All}}}"""], 1, 50);
        Assert.Equal(Points, figures[$$"""collection_vectors{{{All}}}"""]);
        Assert.Equal(Few, figures["""collection_vectors{id="indexed",vector="few"}"""]);
        Assert.Equal(Points, figures[$$"""collection_index_insertions_total{{{All}}}"""]);
        Assert.Equal(0, figures[$$"""collection_unindexed_vectors{{{All}}}"""]);
        Assert.Equal(0, figures[$$"""collection_unindexed_bytes{{{All}}}"""]);
        Assert.Equal(0, figures[$$"""collection_index_rebuilding{{{All}}}"""]);
        Assert.Equal(0, figures[$$"""collection_index_dead_vectors{{{All}}}"""]);
        Assert.Equal(0, figures["""collection_dead_rows{id="indexed"}"""]);
        Assert.Equal(Points, figures["""collection_rows{id="indexed"}"""]);
        Assert.InRange(figures[$$"""collection_vector_bytes{{{All}}}"""], Points * Size * sizeof(float), 2 * Points * Size * sizeof(float));
        Assert.InRange(figures[$$"""collection_index_bytes{{{All}},part="codes"}"""], Points * Size, 2 * Points * Size);
        Assert.True(figures[$$"""collection_index_bytes{{{All}},part="links"}"""] > Points * sizeof(int));
        Assert.Equal(0, figures[$$"""collection_index_bytes{{{All}},part="lists"}"""]);

        string ids = string.Join(',', Enumerable.Range(1, 50));
        await Http.ResultAsync("POST", "/collections/indexed/points/delete?wait=true", $$"""{"points":[{{ids}}]}""");
        figures = await Figures.OfAsync(Http);
        Assert.Equal(50, figures[$$"""collection_index_dead_vectors{{{All}}}"""]);
        Assert.Equal(50, figures["""collection_dead_rows{id="indexed"}"""]);
        Assert.Equal(Points - 50, figures[$$"""collection_vectors{{{All}}}"""]);
    }

    [Fact]
    public async Task Another_kind_of_index_shows_when_it_serves()
    {
        await FillAsync("switched", Coded);
        await Http.ResultAsync("PATCH", "/collections/switched", """{"vectors":{"all":{"index":"ivf","quantization_config":"Disabled"}}}""");
        Figures figures = await UntilAsync(now =>
            now.Series.Contains("""collection_index_info{id="switched",vector="all",index="ivf",codes="none"}"""));
        Assert.DoesNotContain("""collection_index_info{id="switched",vector="all",index="hnsw",codes="int8"}""", figures.Series);
        Assert.Equal(0, figures["""collection_index_oversampling{id="switched",vector="all"}"""]);
        Assert.Equal(0, figures["""collection_index_bytes{id="switched",vector="all",part="links"}"""]);
        Assert.True(figures["""collection_index_bytes{id="switched",vector="all",part="lists"}"""] > 0);
        Assert.Equal(2 * Points, figures["""collection_index_insertions_total{id="switched",vector="all"}"""]);
        await Http.ResultAsync("PATCH", "/collections/switched", """{"vectors":{"all":{"index":"flat"}}}""");
        await UntilAsync(now => now.Series.Contains("""collection_index_info{id="switched",vector="all",index="flat",codes="none"}"""));
    }

    private async Task<JsonElement> ExplainAsync(string collection, string search)
    {
        (_, JsonElement answer) = await Http.CallAsync(
            "POST", $"/collections/{collection}/points/query", $$"""{"query":[{{Components(new Random(3))}}],{{search}} }""");
        return answer.GetProperty("explain")[0];
    }

    private Task<JsonElement> CreateAsync(string collection, string settings)
        => Http.ResultAsync("PUT", $"/collections/{collection}", $$"""
            {"vectors":{"all":{"size":{{Size}},"distance":"Euclid"},"few":{"size":{{Size}},"distance":"Euclid"} },{{settings}}
            "hnsw_config":{"full_scan_threshold":10},"optimizers_config":{"indexing_threshold":10} }
            """);

    /// <summary>Creates a collection with an index of its payloads, and waits until its vectors are indexed.</summary>
    private async Task FillAsync(string collection, string settings)
    {
        await CreateAsync(collection, settings);
        await Http.ResultAsync("PUT", $"/collections/{collection}/index?wait=true", """{"field_name":"n","field_schema":"integer"}""");
        Random random = new(5);
        string points = string.Join(',', Enumerable.Range(0, Points).Select(id =>
        {
            string few = id < Few ? $",\"few\":[{Components(random)}]" : "";
            return $"{{\"id\":{id},\"payload\":{{\"n\":{id}}},\"vector\":{{\"all\":[{Components(random)}]{few}}}}}";
        }));
        await Http.ResultAsync("PUT", $"/collections/{collection}/points?wait=true", $"{{\"points\":[{points}]}}");
        await UntilAsync(figures => figures[$$"""collection_indexing_pending{id="{{collection}}"}"""] == 0);
    }

    private async Task<Figures> UntilAsync(Func<Figures, bool> isSo)
    {
        using CancellationTokenSource patience = new(Patience);
        Figures figures;
        while (!isSo(figures = await Figures.OfAsync(Http)))
            await Task.Delay(20, patience.Token);
        return figures;
    }

    private static string Components(Random random) => string.Join(',', Enumerable.Range(0, Size).Select(_ => random.Next(-100, 100)));
}
