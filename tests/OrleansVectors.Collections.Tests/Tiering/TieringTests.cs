using OrleansVectors.Collections.Backups;
using OrleansVectors.Collections.Local;
using OrleansVectors.Collections.Tests.Backups;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Collections.Tests.Tiering;

public sealed class TieringTests
{
    private readonly int _seed = Environment.TickCount;

    [Theory]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(2, false)]
    public async Task An_idle_collection_leaves_memory_and_disk_and_the_next_call_brings_it_back(int partitions, bool elsewhere)
    {
        using TempFolder folder = new();
        Random random = new(_seed);
        Dictionary<PointId, ModelPoint> model = [];
        VectorDatabase database = await OpenAsync(folder, elsewhere);
        try
        {
            await database.CreateCollectionAsync("c", BackedUpDatabase.Schema(partitions));
            for (int round = 0; round < 6; round++)
            {
                await database.GetCollection("c").WriteAsync(model, random, 100);
                await WaitUntilUnloadedAsync(database);
                if (elsewhere)
                {
                    await WaitUntilAsync(() => Directory.GetDirectories(Path.Combine(folder.Path, "data", "collections"), "partition-*", SearchOption.AllDirectories).Length == 0);
                }

                if (round % 3 == 1)
                {
                    await database.DisposeAsync();
                    database = await OpenAsync(folder, elsewhere);
                    Assert.Equal(!elsewhere, database.GetCollection("c").IsLoaded);
                }

                await Agreement.CheckAsync(database.GetCollection("c"), model, random, $"seed {_seed}, round {round}");
            }
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Calls_go_on_while_partitions_come_and_go()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await OpenAsync(folder, elsewhere: true, unloadAfterMs: 20);
        await database.CreateCollectionAsync("c", TestDatabase.Schema(partitions: 2));
        Collection collection = database.GetCollection("c");
        int loads = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            Random random = new(_seed + client);
            for (ulong i = 0; i < 60; i++)
            {
                ulong id = (i * 4) + (ulong)client;
                await collection.WriteAsync(new UpsertPoints([TestDatabase.Point(id)]));
                Assert.Single(await collection.GetAsync([TestDatabase.Id(id)], Partitions.Reading.PointProjection.IdOnly));
                await Task.Delay(random.Next(0, 5) == 0 ? 300 : 0);
                if (!collection.IsLoaded)
                {
                    Interlocked.Increment(ref loads);
                }
            }
        })));
        Assert.Equal(240, await collection.CountAsync(null));
        Assert.True(loads > 0, "it was never unloaded");
    }

    [Fact]
    public async Task A_new_machine_brings_back_the_checkpoints_of_the_old_one()
    {
        using TempFolder folder = new();
        Random random = new(_seed);
        Dictionary<PointId, ModelPoint> model = [];
        await using (VectorDatabase database = await OpenAsync(folder, elsewhere: true))
        {
            await database.CreateCollectionAsync("c", BackedUpDatabase.Schema(2));
            await database.GetCollection("c").WriteAsync(model, random, 300);
        }

        Directory.Delete(Path.Combine(folder.Path, "data", "collections"), recursive: true); // all but the descriptions
        await using VectorDatabase again = await OpenAsync(folder, elsewhere: true);
        await Agreement.CheckAsync(again.GetCollection("c"), model, random, $"seed {_seed}");
        Assert.True(await again.DeleteCollectionAsync("c"));
        Assert.Empty(Directory.GetFiles(Path.Combine(folder.Path, "checkpoints"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_collection_whose_files_are_gone_is_unavailable_and_not_empty()
    {
        using TempFolder folder = new();
        await using (VectorDatabase database = await OpenAsync(folder, elsewhere: false))
        {
            await database.CreateCollectionAsync("c", TestDatabase.Schema());
            await database.CreateCollectionAsync("other", TestDatabase.Schema());
        }

        string[] folders = Directory.GetDirectories(Path.Combine(folder.Path, "data", "collections"));
        Directory.Delete(Path.Combine(folders.Min(StringComparer.Ordinal)!, "partition-0"), recursive: true);
        await using VectorDatabase again = await OpenAsync(folder, elsewhere: false);
        Assert.Contains("its files are gone", Assert.Single(again.Unavailable).Reason, StringComparison.Ordinal);
        Assert.Equal(0, await again.GetCollection("other").CountAsync(null));
    }

    [Fact]
    public async Task Files_whose_description_was_taken_away_are_kept_and_come_back_with_it()
    {
        using TempFolder folder = new();
        Random random = new(_seed);
        Dictionary<PointId, ModelPoint> model = [];
        await using (VectorDatabase database = await OpenAsync(folder, elsewhere: false))
        {
            await database.CreateCollectionAsync("c", BackedUpDatabase.Schema());
            await database.GetCollection("c").WriteAsync(model, random, 100);
        }

        string control = Path.Combine(folder.Path, "data", "control");
        Directory.Move(control, control + "-away");
        await using (VectorDatabase without = await OpenAsync(folder, elsewhere: false))
        {
            Assert.Empty(without.CollectionNames);
        }

        Directory.Delete(control, recursive: true);
        Directory.Move(control + "-away", control);
        await using VectorDatabase again = await OpenAsync(folder, elsewhere: false);
        await Agreement.CheckAsync(again.GetCollection("c"), model, random, $"seed {_seed}");
    }

    [Fact]
    public async Task Backups_take_unloaded_collections_without_waking_them()
    {
        using TempFolder folder = new();
        Random random = new(_seed);
        Dictionary<PointId, ModelPoint> model = [];
        await using VectorDatabase database = await OpenAsync(folder, elsewhere: true);
        await database.CreateCollectionAsync("c", BackedUpDatabase.Schema());
        await database.GetCollection("c").WriteAsync(model, random, 200);
        BackupSummary backup = await database.Backups!.CreateAsync();
        bool sleeps = false;
        for (int attempt = 0; attempt < 10 && !sleeps; attempt++)
        {
            // What the partition logs of its own housekeeping is a change too, and wakes it once more.
            await WaitUntilUnloadedAsync(database);
            backup = await database.Backups.CreateAsync();
            sleeps = !database.GetCollection("c").IsLoaded;
        }

        Assert.True(sleeps);
        Assert.Equal(model.Count, backup.Collections.Single().Points);
        Assert.Null(Assert.Single(await database.Backups.VerifyAsync()).Failure);
        await database.CloneCollectionAsync("c", "branch");
        await Agreement.CheckAsync(database.GetCollection("branch"), model, random, $"seed {_seed}");
    }

    private static Task<VectorDatabase> OpenAsync(TempFolder folder, bool elsewhere, int unloadAfterMs = 200)
        => VectorDatabase.OpenAsync(new DatabaseOptions
        {
            Folder = Path.Combine(folder.Path, "data"),
            Idle = new IdleOptions { UnloadAfter = TimeSpan.FromMilliseconds(unloadAfterMs), CacheBytesMax = 0 },
            Backups = new BackupOptions { Store = BlobStores.Open(Path.Combine(folder.Path, "backups")) },
            Partitions = new PartitionOptions
            {
                Durability = Storage.Log.Durability.Os,
                PointsMax = 1 << 16,
                CheckpointLogBytes = 60_000,
                IndexingThreads = 2,
                Checkpoints = elsewhere ? BlobStores.Open(Path.Combine(folder.Path, "checkpoints")) : null,
            },
        });

    private static Task WaitUntilUnloadedAsync(VectorDatabase database)
        => WaitUntilAsync(() => database.CollectionNames.All(name => !database.GetCollection(name).IsLoaded));

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < 1000, "it does not come to that");
            await Task.Delay(20);
        }
    }
}
