using System.Diagnostics;
using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Operations;

namespace OrleansVectors.Collections.Tests;

/// <summary>The count of committed bytes is the process's: these run alone.</summary>
[CollectionDefinition(nameof(NativeMemoryTests), DisableParallelization = true)]
[Collection(nameof(NativeMemoryTests))]
public sealed class NativeMemoryTests
{
    [Fact]
    public async Task Three_hundred_small_collections_are_cheap_and_closing_gives_everything_back()
    {
        const int Collections = 300;
        using TempFolder folder = new();
        long before = NativeRegion.TotalCommittedBytes;
        long start = Stopwatch.GetTimestamp();
        await using (VectorDatabase database = await TestDatabase.OpenAsync(folder, checkpointLogBytes: 1 << 20, pointsMax: 1 << 24))
        {
            for (int i = 0; i < Collections; i++)
            {
                await database.CreateCollectionAsync($"c{i}", TestDatabase.Schema(vectors: [("", 128)]));
            }

            long empty = (NativeRegion.TotalCommittedBytes - before) / Collections;
            for (int i = 0; i < Collections; i++)
            {
                await database.GetCollection($"c{i}").WriteAsync(new UpsertPoints(
                    [TestDatabase.Point(1) with { Vectors = [new Partitions.NamedVector("", new float[128])] }]));
            }

            long small = (NativeRegion.TotalCommittedBytes - before) / Collections;
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"committed per collection: empty {empty} bytes, with one point {small} bytes; {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s to make them");
            Assert.True(empty <= 256 << 10, $"{empty} bytes for an empty collection");
            Assert.True(small <= 1 << 20, $"{small} bytes for a collection of one point");
        }

        Assert.Equal(before, NativeRegion.TotalCommittedBytes);
        start = Stopwatch.GetTimestamp();
        await using (VectorDatabase reopened = await TestDatabase.OpenAsync(folder, pointsMax: 1 << 24))
        {
            TestContext.Current.TestOutputHelper!.WriteLine($"opening them: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
            Assert.Equal(Collections, reopened.CollectionNames.Count);
            Assert.Equal(1, await reopened.GetCollection("c7").CountAsync(null));
        }

        Assert.Equal(before, NativeRegion.TotalCommittedBytes);
    }

    [Fact]
    public async Task Deleting_collections_and_vector_names_gives_their_memory_back()
    {
        using TempFolder folder = new();
        long before = NativeRegion.TotalCommittedBytes;
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        for (int round = 0; round < 5; round++)
        {
            await database.CreateCollectionAsync("c", TestDatabase.Schema(2, 4, ("", 4), ("b", 64)));
            Collection collection = database.GetCollection("c");
            await collection.WriteAsync(new UpsertPoints([.. Enumerable.Range(0, 2000).Select(id => TestDatabase.Point((ulong)id))]));
            await collection.ChangeSchemaAsync(schema => schema with { Vectors = schema.Vectors.Where(vector => vector.Key.Length == 0).ToDictionary() });
            await collection.WriteAsync(new UpsertPoints([TestDatabase.Point(1)]));
            await database.DeleteCollectionAsync("c");
            Assert.Equal(before, NativeRegion.TotalCommittedBytes);
        }
    }
}
