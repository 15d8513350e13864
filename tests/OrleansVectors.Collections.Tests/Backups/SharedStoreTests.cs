using OrleansVectors.Collections.Backups;
using OrleansVectors.Collections.Local;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Collections.Tests.Backups;

/// <summary>What a restore could take from the wrong place: another database, another history, another schema.</summary>
public sealed class SharedStoreTests
{
    [Fact]
    public async Task Databases_that_share_a_store_never_see_each_others_backups()
    {
        using TempFolder folder = new();
        using TempFolder other = new();
        string store = Path.Combine(folder.Path, "store");
        await using VectorDatabase mine = await BackedUpDatabase.OpenAsync(folder, store);
        await using VectorDatabase yours = await BackedUpDatabase.OpenAsync(other, store);
        await mine.CreateCollectionAsync("c", TestDatabase.Schema());
        await mine.GetCollection("c").WriteAsync(new UpsertPoints([TestDatabase.Point(1)]));
        await mine.Backups!.CreateAsync();
        await yours.CreateCollectionAsync("c", TestDatabase.Schema());
        await yours.CreateCollectionAsync("others", TestDatabase.Schema());
        await yours.GetCollection("c").WriteAsync(new UpsertPoints([TestDatabase.Point(2), TestDatabase.Point(3)]));
        BackupSummary theirs = await yours.Backups!.CreateAsync();

        Assert.Single(await mine.Backups.ListAsync());
        Assert.False(await mine.Backups.DeleteAsync(theirs.Id));
        await mine.Backups.RestoreAsync("c", DateTimeOffset.UtcNow);
        Assert.Equal(1, await mine.GetCollection("c").CountAsync(null));
        Assert.Equal(["c"], await mine.Backups.RestoreAllAsync(DateTimeOffset.UtcNow));
        Assert.Equal(1, await mine.GetCollection("c").CountAsync(null));
        Assert.All(await yours.Backups.VerifyAsync(), found => Assert.Null(found.Failure));
    }

    [Fact]
    public async Task Everything_includes_what_was_dropped_between_the_moment_and_the_next_backup()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, Path.Combine(folder.Path, "store"));
        await database.CreateCollectionAsync("a", TestDatabase.Schema());
        await database.CreateCollectionAsync("b", TestDatabase.Schema());
        await database.GetCollection("b").WriteAsync(new UpsertPoints([TestDatabase.Point(1)]));
        await database.Backups!.CreateAsync();
        DateTimeOffset moment = await BackedUpDatabase.MomentAsync();
        await database.DeleteCollectionAsync("b");
        await database.Backups.CreateAsync();
        Assert.Equal(["a", "b"], await database.Backups.RestoreAllAsync(moment));
        Assert.Equal(1, await database.GetCollection("b").CountAsync(null));
    }

    [Fact]
    public async Task A_backup_after_an_eviction_and_a_fetch_holds_what_was_written_before()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await VectorDatabase.OpenAsync(new DatabaseOptions
        {
            Folder = Path.Combine(folder.Path, "data"),
            Idle = new IdleOptions { UnloadAfter = TimeSpan.FromMilliseconds(200), CacheBytesMax = 0 },
            Backups = new BackupOptions { Store = BlobStores.Open(Path.Combine(folder.Path, "backups")) },
            Partitions = new PartitionOptions
            {
                PointsMax = 1 << 16,
                CheckpointLogBytes = 1,
                Checkpoints = BlobStores.Open(Path.Combine(folder.Path, "checkpoints")),
            },
        });
        await database.CreateCollectionAsync("c", TestDatabase.Schema());
        for (ulong id = 1; id <= 4; id++)
        {
            await database.GetCollection("c").WriteAsync(new UpsertPoints([TestDatabase.Point(id)]));
            for (int i = 0; i < 500 && (database.GetCollection("c").IsLoaded || Directory.GetDirectories(Path.Combine(folder.Path, "data", "collections"), "partition-*", SearchOption.AllDirectories).Length > 0); i++)
            {
                await Task.Delay(20);
            }

            Assert.Equal((long)id, await database.GetCollection("c").CountAsync(null)); // fetched
            BackupSummary backup = await database.Backups!.CreateAsync();
            await database.Backups.RestoreAsync("c", backup.Time, "restored");
            Assert.Equal((long)id, await database.GetCollection("restored").CountAsync(null));
            await database.DeleteCollectionAsync("restored");
        }

        foreach (BackupSummary backup in await database.Backups!.ListAsync())
        {
            Assert.Null(Assert.Single(await database.Backups.VerifyAsync(backup.Id)).Failure);
        }
    }

    [Fact]
    public async Task Log_is_not_replayed_over_the_removal_of_a_vector_that_it_asks_for()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, Path.Combine(folder.Path, "store"), interval: TimeSpan.FromHours(1));
        await database.CreateCollectionAsync("c", TestDatabase.Schema(vectors: [("", 4), ("b", 4), ("e", 4)]));
        Collection collection = database.GetCollection("c");
        await database.Backups!.CreateAsync();
        NamedVector vector(string name) => new(name, TestDatabase.Vector(1));
        await collection.WriteAsync(new UpsertPoints(
        [
            new PointInput(TestDatabase.Id(1), [vector("")], TestDatabase.Payload("{}")),
            new PointInput(TestDatabase.Id(2), [vector(""), vector("b")], TestDatabase.Payload("{}")),
        ]));
        await collection.WriteAsync(new DeletePoints(new PointSelection.ByFilter(new Filter { MustNot = [new HasVectorCondition("b")] })));
        await RemoveAsync("b");
        DateTimeOffset moment = await BackedUpDatabase.MomentAsync();
        await collection.WriteAsync(new UpsertPoints([new PointInput(TestDatabase.Id(3), [vector("")], TestDatabase.Payload("{}"))]));
        await RemoveAsync("e");
        try
        {
            await database.Backups.RestoreAsync("c", moment, "then");
            Assert.Single(await database.GetCollection("then").GetAsync([TestDatabase.Id(2)], Partitions.Reading.PointProjection.IdOnly));
            Assert.Equal(1, await database.GetCollection("then").CountAsync(null));
        }
        catch (BackupException refusal)
        {
            Assert.Contains("the removal of a vector", refusal.Message, StringComparison.Ordinal);
        }

        async Task RemoveAsync(string name) => await collection.ChangeSchemaAsync(
            schema => schema with { Vectors = schema.Vectors.Where(vector => vector.Key != name).ToDictionary() });
    }
}
