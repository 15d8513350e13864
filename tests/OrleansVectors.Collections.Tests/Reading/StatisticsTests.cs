using OrleansVectors.Collections.Canary;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Statistics;

namespace OrleansVectors.Collections.Tests.Reading;

public sealed class StatisticsTests
{
    /// <summary>Enough for a graph in each of three partitions.</summary>
    private const int Points = 3000;

    [Fact]
    public async Task Figures_of_a_vector_name_are_those_of_all_partitions()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema(partitions: 3, vectors: [("b", TestDatabase.Dim), ("a", 2)]));
        Collection collection = database.GetCollection("c");
        await collection.WriteAsync(new UpsertPoints([.. Enumerable.Range(0, Points).Select(id => new PointInput(
            TestDatabase.Id((ulong)id), [new NamedVector("b", TestDatabase.Vector((ulong)id))], TestDatabase.Payload("{}")))]));
        await collection.WriteAsync(new DeletePoints(TestDatabase.Ids(5, 6, 7)));
        while ((await collection.StatisticsAsync()).IndexingPending)
        {
            await Task.Delay(5);
        }

        SearchRequest request = new() { VectorName = "b", Vector = TestDatabase.Vector(3), Limit = 2, Explain = true };
        SearchAnswer walked = await collection.SearchAsync(request);
        SearchAnswer scanned = await collection.SearchAsync(request with { Exact = true });
        SearchExplanation[] explained = [.. walked.Explanations, .. scanned.Explanations];

        CollectionStatistics statistics = await collection.StatisticsAsync();
        Assert.Equal(["a", "b"], statistics.Vectors.Select(vector => vector.Name));
        (VectorStatistics a, VectorStatistics b) = (statistics.Vectors[0], statistics.Vectors[1]);
        Assert.Equal((0, 0), (a.LiveVectors, a.Searches.ByPlan.Values.Sum()));
        Assert.Equal([new ServingIndex(Kind: null)], a.Serving);
        Assert.Equal(Points - 3, b.LiveVectors);
        Assert.Equal([new ServingIndex(VectorIndexKind.Hnsw)], b.Serving);
        Assert.Equal(3, b.Searches.ByPlan[SearchPlanKind.Walk]);
        Assert.Equal(3, b.Searches.ByPlan[SearchPlanKind.Scan]);
        Assert.Equal(explained.Sum(one => one.VectorDistances), b.Searches.VectorDistances);
        Assert.Equal(explained.Sum(one => one.NodesVisited), b.Searches.NodesVisited);
        Assert.True(b.VectorBytes > 0 && b.IndexBytes is { Links: > 0, Codes: 0, Lists: 0 }, $"{b}");
        Assert.True(b.Insertions is > 0 and <= Points, $"{b}");
        Assert.True(statistics.RowsCount >= Points && statistics.DeadRowsCount is >= 0 and <= 3, $"{statistics}");
    }

    [Fact]
    public async Task Samples_of_the_canary_are_no_searches()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema());
        Collection collection = database.GetCollection("c");
        await collection.WriteAsync(new UpsertPoints([.. Enumerable.Range(0, Points).Select(id => TestDatabase.Point((ulong)id))]));
        while ((await collection.StatisticsAsync()).IndexingPending)
        {
            await Task.Delay(5);
        }

        Random random = new(7);
        for (int round = 0; round < 100 && collection.Recall.Count == 0; round++)
        {
            await RecallCanary.SampleAsync(collection, random, CancellationToken.None);
        }

        Assert.NotEmpty(collection.Recall);

        Assert.Equal(0, (await collection.StatisticsAsync()).Vectors.Single().Searches.ByPlan.Values.Sum());
    }
}
