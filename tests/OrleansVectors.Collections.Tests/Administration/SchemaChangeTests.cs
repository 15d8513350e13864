using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections.Tests.Administration;

public sealed class SchemaChangeTests
{
    [Fact]
    public async Task Vector_names_come_and_go_with_other_sizes_while_writes_and_searches_run_and_the_database_reopens()
    {
        using TempFolder folder = new();
        VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema(partitions: 2));
        for (int round = 0; round < 3; round++)
        {
            Collection collection = database.GetCollection("c");
            using CancellationTokenSource stop = new();
            Task[] users =
            [
                Task.Run(() => WriteAsync(collection, stop.Token)),
                Task.Run(() => SearchAsync(collection, stop.Token)),
            ];
            for (int change = 0; change < 8; change++)
            {
                int dim = 2 + (change % 3);
                await collection.ChangeSchemaAsync(schema => With(schema, "other", dim));
                await collection.WriteAsync(new UpsertPoints([Both(9000, dim)]));
                Assert.Equal([9000ul], (await SearchOtherAsync(collection, dim)).Select(hit => hit.Point.Id.Number));
                await collection.ChangeSchemaAsync(schema => With(schema, "other", 0) with { Hnsw = schema.Hnsw with { M = 4 + change } });
            }

            await stop.CancelAsync();
            await Task.WhenAll(users);
            await collection.ChangeSchemaAsync(schema => With(schema, "other", 3));
            await collection.WriteAsync(new UpsertPoints([Both(9001, 3)]));
            await database.DisposeAsync();

            database = await TestDatabase.OpenAsync(folder);
            collection = database.GetCollection("c");
            Assert.Equal([9001ul], (await SearchOtherAsync(collection, 3)).Select(hit => hit.Point.Id.Number));
            Assert.Null((await collection.StatisticsAsync()).Failure);
            for (ulong id = 0; id < 300; id += 20)
            {
                Assert.Equal(id, (await collection.SearchAsync(new SearchRequest { Vector = TestDatabase.Vector(id), Limit = 1, HnswEf = 64 }))[0].Point.Id.Number);
            }

            await collection.ChangeSchemaAsync(schema => With(schema, "other", 0));
        }

        await database.DisposeAsync();
    }

    [Fact]
    public async Task What_was_fixed_at_creation_cannot_change()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema());
        Collection collection = database.GetCollection("c");
        await Assert.ThrowsAsync<InvalidInputException>(() => collection.ChangeSchemaAsync(schema => schema with { PartitionCount = 2 }));
        await Assert.ThrowsAsync<InvalidInputException>(() => collection.ChangeSchemaAsync(schema => With(schema, "", 9)));
        await Assert.ThrowsAsync<LimitViolatedException>(() => collection.ChangeSchemaAsync(schema => With(schema, "x", 65_537)));
        Assert.Equal(TestDatabase.Dim, collection.Schema.Vectors[""].Size);
    }

    private static async Task WriteAsync(Collection collection, CancellationToken stop)
    {
        for (int from = 0; !stop.IsCancellationRequested || from < 300; from += 10)
        {
            await collection.WriteAsync(new UpsertPoints([.. Enumerable.Range(from % 300, 10).Select(id => TestDatabase.Point((ulong)id))]));
        }
    }

    private static async Task SearchAsync(Collection collection, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await collection.SearchAsync(new SearchRequest { Vector = TestDatabase.Vector(5), Limit = 3 }, CancellationToken.None);
            try
            {
                await SearchOtherAsync(collection, 3);
            }
            catch (InvalidInputException)
            {
                // The name is away, or has another size just now.
            }
        }
    }

    private static Task<SearchAnswer> SearchOtherAsync(Collection collection, int dim)
        => collection.SearchAsync(new SearchRequest { VectorName = "other", Vector = new float[dim], Limit = 10 });

    private static PointInput Both(ulong id, int dim)
        => TestDatabase.Point(id) with { Vectors = [new NamedVector("", TestDatabase.Vector(id)), new NamedVector("other", new float[dim])] };

    /// <summary>The schema with a name of a size, or without it for size 0.</summary>
    private static CollectionSchema With(CollectionSchema schema, string name, int dim)
    {
        Dictionary<string, VectorSchema> vectors = new(schema.Vectors);
        vectors.Remove(name);
        if (dim > 0)
        {
            vectors[name] = new VectorSchema(dim, DistanceMetric.Euclidean);
        }

        return schema with { Vectors = vectors };
    }
}
