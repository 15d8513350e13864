using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Collections.Tests;

public sealed class EmptyPayloadTests
{
    [Fact]
    public async Task Points_without_any_payload_survive_checkpoint_and_reopening()
    {
        using TempFolder folder = new();
        DatabaseOptions options = new() { Folder = folder.Path, Partitions = new PartitionOptions { PointsMax = 1 << 12 } };
        CollectionSchema schema = new() { Vectors = new Dictionary<string, VectorSchema> { [""] = new(2, DistanceMetric.Dot) } };
        await using (VectorDatabase database = await VectorDatabase.OpenAsync(options))
        {
            await database.CreateCollectionAsync("c", schema);
            PointInput point = new(PointId.FromNumber(1), [new NamedVector("", new float[] { 1, 2 })], PayloadDocument.Empty);
            await database.GetCollection("c").WriteAsync([new UpsertPoints([point])], waitUntilVisible: true);
        }

        await using VectorDatabase reopened = await VectorDatabase.OpenAsync(options);
        Assert.Equal(1, await reopened.GetCollection("c").CountAsync(null));
        Assert.Equal(0, reopened.Recoveries[0].Partitions[0].Replayed);
    }
}
