using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Statistics;
using OrleansVectors.Partitions.Writing;

namespace OrleansVectors.Partitions.Tests.Statistics;

/// <summary>Figures of a vector name are what was written, indexed and searched.</summary>
public sealed class VectorStatisticsTests
{
    private const int Dim = 24;
    private const int Points = 2000;

    /// <summary>So many points have the second vector.</summary>
    private const int Sparse = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly VectorFieldSchema Plain = PartitionHost.Field(0, "", dim: Dim, m: 8, graphFromBytes: 1 << 14);

    private static readonly VectorFieldSchema Coded = Plain with { Quantization = new QuantizationSchema(QuantizerKind.Int8) };

    public static TheoryData<VectorIndexKind, QuantizerKind?> Kinds => new()
    {
        { VectorIndexKind.Hnsw, null },
        { VectorIndexKind.Hnsw, QuantizerKind.Int8 },
        { VectorIndexKind.Flat, null },
        { VectorIndexKind.Flat, QuantizerKind.Int4 },
        { VectorIndexKind.Ivf, null },
        { VectorIndexKind.Ivf, QuantizerKind.Product },
    };

    [Fact]
    public async Task Searches_add_up_to_what_their_explanations_say()
    {
        using TempFolder folder = new();
        PartitionSchema schema = PartitionHost.SchemaOf(Coded, Coded with { Number = 1, Name = "sparse" });
        await using PartitionHost host = new(
            folder.Path, schema with { PayloadIndexes = [new PayloadIndexSchema(1, PayloadPath.Parse("n"), PayloadIndexType.Integer)] });
        await FillAsync(host, 0, Points);
        await host.WaitForIndexingAsync();

        SearchRequest plain = new() { Vector = PartitionHost.Vector(7, Dim), Limit = 10 };
        SearchRequest[] requests =
        [
            plain,
            plain with { HnswEf = 100 },
            plain with { Exact = true },
            plain with { Quantization = new QuantizationSearch(Ignore: true) },
            plain with { Filter = PartitionHost.Is("n", 5) },
            plain with { Filter = PartitionHost.Is("n", -1) },
            plain with { Filter = new Filter { Must = [new RangeCondition(PayloadPath.Parse("n"), new NumberRange(null, null, null, Gte: 1600))] } },
            plain with { VectorName = "sparse", Limit = Sparse + 20 },
        ];
        Check(host, "", []);
        SearchExplanation[] explained = [.. requests.Select(request =>
            Assert.Single(host.Partition.Search(request with { Explain = true }, CancellationToken.None).Explanations))];
        SearchExplanation sparse = explained[^1];
        Assert.True(sparse.FellBackToScan, $"{sparse}");
        foreach (SearchPlanKind plan in (SearchPlanKind[])[SearchPlanKind.Nothing, SearchPlanKind.Scan, SearchPlanKind.MatchScan, SearchPlanKind.Walk])
        {
            Assert.Contains(explained, one => one.Plan == plan);
        }

        Check(host, "", explained[..^1]);
        Check(host, "sparse", [sparse]);
    }

    [Fact]
    public async Task Searches_on_many_threads_are_all_counted_and_samples_are_not()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(Plain));
        await FillAsync(host, 0, Points);
        await host.WaitForIndexingAsync();
        SearchRequest request = new() { Vector = PartitionHost.Vector(7, Dim), Limit = 10 };
        Parallel.For(0, 1000, i => host.Partition.Search(request with { IsSample = i % 4 == 0 }, CancellationToken.None));
        SearchTotals totals = Of(host).Searches;
        Assert.Equal(750, totals.ByPlan[SearchPlanKind.Walk]);
        Assert.Equal(750, totals.ByPlan.Values.Sum());
        Assert.Equal(0, totals.NodesVisited % 750);
        Assert.True(totals.NodesVisited > 0 && totals.VectorDistances > totals.NodesVisited, $"{totals}");
    }

    [Fact]
    public async Task Multi_vectors_are_scanned_and_their_distances_counted()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(Plain with { IsMultiVector = true, IndexKind = VectorIndexKind.Flat, M = 0 }));
        float[] twoRows = [.. PartitionHost.Vector(1, Dim), .. PartitionHost.Vector(2, Dim)];
        await host.WriteAsync(new UpsertPoints([new PointInput(PointId.FromNumber(1), [new NamedVector("", twoRows, 2)], PartitionHost.Payload("{}"))]));
        host.Partition.Search(new SearchRequest { Vector = twoRows, Limit = 1 }, CancellationToken.None);
        VectorStatistics statistics = Of(host);
        Assert.Equal((1, 1, 4), (statistics.LiveVectors, statistics.Searches.ByPlan[SearchPlanKind.Scan], statistics.Searches.VectorDistances));
        Assert.Equal([new ServingIndex(VectorIndexKind.Flat)], statistics.Serving);
        Assert.True(statistics.VectorBytes >= twoRows.Length * sizeof(float));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_serves_and_takes_memory_is_shown(VectorIndexKind kind, QuantizerKind? codes)
    {
        using TempFolder folder = new();
        VectorFieldSchema schema = Plain with { IndexKind = kind, Quantization = codes is { } form ? new QuantizationSchema(form) : null };
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(schema));
        await FillAsync(host, 0, 20);
        await host.WaitForIndexingAsync();
        VectorStatistics few = Of(host);
        Assert.Equal([new ServingIndex(schema.HasIndex ? null : VectorIndexKind.Flat)], few.Serving);
        Assert.Equal((20, 0, 0, 0), (few.LiveVectors, few.UnindexedVectors, few.UnindexedBytes, few.Insertions));

        await FillAsync(host, 20, Points - 20);
        await host.WaitForIndexingAsync();
        VectorStatistics all = Of(host);
        ServingIndex serving = Assert.Single(all.Serving);
        Assert.Equal((kind, codes), (serving.Kind, serving.Codes));
        Assert.True(codes is null ? serving.Oversampling == 0 : serving.Oversampling >= 1, $"{serving}");
        Assert.Equal((Points, schema.HasIndex ? Points : 0), (all.LiveVectors, all.Insertions));
        Assert.True(all.VectorBytes >= Points * Dim * sizeof(float));
        Assert.Equal(codes is not null && kind != VectorIndexKind.Ivf, all.IndexBytes.Codes > 0);
        Assert.Equal(kind == VectorIndexKind.Hnsw, all.IndexBytes.Links > 0);
        Assert.Equal(kind == VectorIndexKind.Ivf, all.IndexBytes.Lists > 0);
    }

    [Fact]
    public async Task Vectors_wait_until_their_index_has_taken_them_up()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(Plain with { EfConstruction = 200 }));
        int written = 0;
        VectorStatistics waiting;
        do
        {
            Assert.True(written < 50 * Points, "indexing was always faster than writing");
            await FillAsync(host, written, Points);
            written += Points;
            waiting = Of(host);
        }
        while (waiting.UnindexedVectors == 0);

        Assert.InRange(waiting.UnindexedVectors, 1, written);
        Assert.Equal(waiting.UnindexedVectors * 32 * sizeof(float), waiting.UnindexedBytes); // rows are padded to blocks of 16 components
        await host.WaitForIndexingAsync();
        VectorStatistics done = Of(host);
        Assert.Equal((0, 0, written), (done.UnindexedVectors, done.UnindexedBytes, done.Insertions));
    }

    [Fact]
    public async Task Dead_vectors_are_counted_until_they_are_taken_out()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(Plain));
        await FillAsync(host, 0, Points);
        await host.WaitForIndexingAsync();
        await DeleteAsync(host, 0, 100);
        Assert.Equal((Points - 100, 100), (Of(host).LiveVectors, Of(host).DeadVectors)); // too few to be worth a removal
        await DeleteAsync(host, 100, 900);
        await UntilAsync(host, statistics => statistics.DeadVectors == 0);
        Assert.Equal(Points - 1000, Of(host).LiveVectors);
    }

    [Fact]
    public async Task Another_index_is_built_behind_the_one_that_serves()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(Plain));
        await FillAsync(host, 0, Points);
        await host.WaitForIndexingAsync();
        Assert.False(Of(host).IsRebuilding);
        await host.ChangeSchemaAsync(Coded with { EfConstruction = 200 });
        await UntilAsync(host, statistics => statistics is { IsRebuilding: false, Serving: [{ Codes: QuantizerKind.Int8 }] });
        Assert.Equal(2 * Points, Of(host).Insertions);
    }

    private static void Check(PartitionHost host, string name, IReadOnlyList<SearchExplanation> explained)
    {
        SearchTotals totals = Of(host, name).Searches;
        foreach (SearchPlanKind plan in Enum.GetValues<SearchPlanKind>())
        {
            Assert.Equal(explained.Count(one => one.Plan == plan), totals.ByPlan[plan]);
        }

        Assert.Equal(explained.Count(one => one.FellBackToScan), totals.FellBackToScan);
        Assert.Equal(explained.Sum(one => one.VectorDistances), totals.VectorDistances);
        Assert.Equal(explained.Sum(one => one.CodeDistances), totals.CodeDistances);
        Assert.Equal(explained.Sum(one => one.Rescored), totals.Rescored);
        Assert.Equal(explained.Sum(one => one.NodesVisited), totals.NodesVisited);
    }

    private static async Task UntilAsync(PartitionHost host, Func<VectorStatistics, bool> isSo)
    {
        using CancellationTokenSource patience = new(Patience);
        while (!isSo(Of(host)))
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private static VectorStatistics Of(PartitionHost host, string name = "")
        => host.Partition.Statistics.Vectors.Single(vector => vector.Name == name);

    /// <summary>Points with the first vector, the first few with the others of the schema too.</summary>
    private static Task<OperationOutcome> FillAsync(PartitionHost host, int from, int count)
        => host.WriteAsync(new UpsertPoints([.. Enumerable.Range(from, count).Select(id => new PointInput(
            PointId.FromNumber((ulong)id),
            [.. host.Schema.Vectors.Where(vector => vector.Number == 0 || id < Sparse)
                .Select(vector => new NamedVector(vector.Name, PartitionHost.Vector(id, Dim)))],
            PartitionHost.Payload($$"""{"n":{{id}}}""")))]));

    private static Task<OperationOutcome> DeleteAsync(PartitionHost host, int from, int count)
        => host.WriteAsync(new DeletePoints(PartitionHost.Ids([.. Enumerable.Range(from, count).Select(id => (ulong)id)])));
}
