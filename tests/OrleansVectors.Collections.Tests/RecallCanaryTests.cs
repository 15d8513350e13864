using OrleansVectors.Collections.Canary;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections.Tests;

public sealed class RecallCanaryTests
{
    [Fact]
    public async Task Searches_for_stored_vectors_tell_how_much_is_found()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema());
        Collection collection = database.GetCollection("c");
        Random random = new(7);
        await RecallCanary.SampleAsync(collection, random, CancellationToken.None);
        Assert.Empty(collection.Recall);

        await collection.WriteAsync(new UpsertPoints([.. Enumerable.Range(0, 2_000).Select(id => TestDatabase.Point((ulong)id))]));
        while ((await collection.StatisticsAsync()).IndexingPending)
        {
            await Task.Delay(20);
        }

        for (int round = 0; round < 100 && collection.Recall.GetValueOrDefault("").Samples < 20; round++)
        {
            await RecallCanary.SampleAsync(collection, random, CancellationToken.None);
        }

        RecallEstimate estimate = collection.Recall[""];
        Assert.True(estimate.Samples >= 20 && estimate.Recall is > 0.5 and <= 1, $"{estimate}");
    }

    [Fact]
    public async Task Samples_are_not_counted_as_use()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema());
        Collection collection = database.GetCollection("c");
        await collection.WriteAsync(new UpsertPoints([TestDatabase.Point(1)]));
        long activity = collection.Activity;
        await collection.FindAsync(new SearchRequest { Vector = TestDatabase.Vector(1), Limit = 1 }, CancellationToken.None);
        Assert.Equal(activity, collection.Activity);
        await collection.SearchAsync(new SearchRequest { Vector = TestDatabase.Vector(1), Limit = 1 });
        Assert.Equal(activity + 1, collection.Activity);
    }

    [Fact]
    public void An_estimate_is_the_mean_at_first_and_forgets_later()
    {
        RecallEstimate estimate = default;
        foreach (double recall in (double[])[1, 0.5, 0])
        {
            estimate = estimate.With(recall);
        }

        Assert.Equal(0.5, estimate.Recall, 1e-9);
        for (int i = 0; i < 1_000; i++)
        {
            estimate = estimate.With(0.9);
        }

        Assert.Equal(0.9, estimate.Recall, 1e-3);
        Assert.Equal(1_003, estimate.Samples);
    }
}
