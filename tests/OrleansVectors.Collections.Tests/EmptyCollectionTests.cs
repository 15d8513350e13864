using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions;

namespace OrleansVectors.Collections.Tests;

public sealed class EmptyCollectionTests
{
    [Fact]
    public async Task A_collection_without_points_is_closed_reopened_and_deleted()
    {
        using TempFolder folder = new();
        DatabaseOptions options = new() { Folder = folder.Path, Partitions = new PartitionOptions { PointsMax = 1 << 16 } };
        VectorDatabase database = await VectorDatabase.OpenAsync(options);
        await database.CreateCollectionAsync("kept", Schema());
        await database.CreateCollectionAsync("deleted", Schema());
        Assert.True(await database.DeleteCollectionAsync("deleted"));
        await database.DisposeAsync();

        database = await VectorDatabase.OpenAsync(options);
        Assert.Equal(["kept"], database.CollectionNames);
        await database.DisposeAsync();
    }

    private static CollectionSchema Schema() => new()
    {
        Vectors = new Dictionary<string, VectorSchema> { [""] = new(4, DistanceMetric.Cosine) },
        PartitionCount = 2,
    };
}
