using OrleansVectors.Collections.Backups;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Operations;

namespace OrleansVectors.Collections.Tests.Backups;

public sealed class BackupTests
{
    private readonly int _seed = Environment.TickCount;

    [Fact]
    public async Task A_second_backup_puts_what_is_new_alone()
    {
        using TempFolder folder = new();
        string store = Path.Combine(folder.Path, "store");
        Random random = new(_seed);
        Dictionary<PointId, ModelPoint> model = [];
        await using VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, store, checkpointLogBytes: 1 << 30);
        await database.CreateCollectionAsync("c", BackedUpDatabase.Schema());
        await database.GetCollection("c").WriteAsync(model, random, 500);
        await database.Backups!.CreateAsync();
        long first = BytesIn(store);
        await database.GetCollection("c").WriteAsync(model, random, 10);
        await database.Backups!.CreateAsync();
        long second = BytesIn(store) - first;
        Assert.True(second < first / 5, $"{first} bytes, then {second} more");
        Assert.Equal(2, (await database.Backups.ListAsync()).Count);
    }

    [Fact]
    public async Task Verification_reads_everything_counts_and_searches()
    {
        using TempFolder folder = new();
        Random random = new(_seed);
        Dictionary<PointId, ModelPoint> model = [];
        await using VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, Path.Combine(folder.Path, "store"));
        await database.CreateCollectionAsync("c", BackedUpDatabase.Schema(partitions: 2));
        await database.GetCollection("c").WriteAsync(model, random, 800);
        BackupSummary backup = await database.Backups!.CreateAsync();
        Assert.Equal(model.Count, backup.Collections.Single().Points);
        BackupVerification found = Assert.Single(await database.Backups.VerifyAsync(backup.Id));
        Assert.Null(found.Failure);
        Assert.Equal((model.Count, (long?)model.Count), (found.Points, found.ExpectedPoints));
        Assert.True(found.Bytes > 10_000, $"{found.Bytes} bytes");
        Assert.True(found.Searches > 10 && found.Recall > 0.9, $"{found}");
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(folder.Path, "data", "scratch")));
    }

    [Fact]
    public async Task Any_flipped_or_missing_file_of_a_checkpoint_is_found_by_verification()
    {
        using TempFolder folder = new();
        string store = Path.Combine(folder.Path, "store");
        Random random = new(_seed);
        Dictionary<PointId, ModelPoint> model = [];
        await using VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, store, checkpointLogBytes: 20_000);
        await database.CreateCollectionAsync("c", BackedUpDatabase.Schema());
        await database.GetCollection("c").WriteAsync(model, random, 800);
        await database.Backups!.CreateAsync();
        BackupVerification sound = Assert.Single(await database.Backups.VerifyAsync());
        Assert.Null(sound.Failure);
        string[] files = Directory.GetFiles(Path.Combine(store, "collections"), "*", SearchOption.AllDirectories);
        Assert.True(files.Length >= 3, string.Join('\n', files));
        foreach (string file in files)
        {
            byte[] bytes = File.ReadAllBytes(file);
            byte[] flipped = [.. bytes];
            flipped[bytes.Length / 2] ^= 0x10;
            File.WriteAllBytes(file, flipped);
            BackupVerification damaged = Assert.Single(await database.Backups.VerifyAsync());
            bool isPadding = file.EndsWith(".seg", StringComparison.Ordinal) && bytes[bytes.Length / 2] == 0;
            Assert.True(damaged.Failure is not null || isPadding, $"a flipped bit in {file} was not found");
            File.Delete(file);
            BackupVerification missing = Assert.Single(await database.Backups.VerifyAsync());
            Assert.True(missing.Failure is not null, $"that {file} is gone was not found");
            File.WriteAllBytes(file, bytes);
        }

        Assert.Null(Assert.Single(await database.Backups.VerifyAsync()).Failure);
    }

    [Fact]
    public async Task Backups_under_writes_are_consistent_over_all_collections()
    {
        using TempFolder folder = new();
        using TempFolder other = new();
        string store = Path.Combine(folder.Path, "store");
        await using VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, store);
        await database.CreateCollectionAsync("first", TestDatabase.Schema(partitions: 3));
        await database.CreateCollectionAsync("second", TestDatabase.Schema(partitions: 2));
        using CancellationTokenSource stop = new();

        // Each number goes to the first collection, is acknowledged, and goes to the second then: a consistent cut never has
        // a number in the second alone, nor one without all before it.
        Task writing = Task.Run(async () =>
        {
            for (ulong number = 1; !stop.IsCancellationRequested; number++)
            {
                await database.GetCollection("first").WriteAsync(new UpsertPoints([TestDatabase.Point(number)]));
                await database.GetCollection("second").WriteAsync(new UpsertPoints([TestDatabase.Point(number)]));
            }
        });
        List<string> backups = [];
        for (int i = 0; i < 8; i++)
        {
            await Task.Delay(100);
            backups.Add((await database.Backups!.CreateAsync()).Id);
        }

        await stop.CancelAsync();
        await writing;
        await using VectorDatabase restored = await BackedUpDatabase.OpenAsync(other, store);
        IReadOnlyList<BackupSummary> all = await restored.Backups!.ListAsync();
        foreach (BackupSummary backup in all)
        {
            await restored.Backups.RestoreAllAsync(backup.Time);
            long first = await restored.GetCollection("first").CountAsync(null);
            long second = await restored.GetCollection("second").CountAsync(null);
            Assert.InRange(first - second, 0, 1);
            ulong[] ids = [.. Enumerable.Range(1, (int)second).Select(id => (ulong)id)];
            Assert.Equal(second, (await restored.GetCollection("second").GetAsync([.. ids.Select(TestDatabase.Id)], Partitions.Reading.PointProjection.IdOnly)).Count);
            Assert.Equal(second, (await restored.GetCollection("first").GetAsync([.. ids.Select(TestDatabase.Id)], Partitions.Reading.PointProjection.IdOnly)).Count);
        }

        Assert.Equal(backups, all.Select(backup => backup.Id));
    }

    [Fact]
    public async Task Backups_are_taken_by_themselves_while_something_changes_and_old_ones_go()
    {
        using TempFolder folder = new();
        string store = Path.Combine(folder.Path, "store");
        Random random = new(_seed);
        Dictionary<PointId, ModelPoint> model = [];
        await using VectorDatabase database = await BackedUpDatabase.OpenAsync(
            folder, store, interval: TimeSpan.FromMilliseconds(100), retention: TimeSpan.FromSeconds(1));
        await database.CreateCollectionAsync("c", BackedUpDatabase.Schema());
        List<(DateTimeOffset Moment, Dictionary<PointId, ModelPoint> Model)> history = [];
        for (int i = 0; i < 30; i++)
        {
            await database.GetCollection("c").WriteAsync(model, random, 50);
            history.Add((await BackedUpDatabase.MomentAsync(), model.Snapshot()));
            await Task.Delay(100);
        }

        IReadOnlyList<BackupSummary> backups = await database.Backups!.ListAsync();
        Assert.Null(database.Backups.LastScheduled!.Failure);
        Assert.InRange(backups.Count, 3, 25);
        Assert.True(backups[1].Time > DateTimeOffset.UtcNow.AddSeconds(-3), $"the second oldest is of {backups[1].Time:O}");
        foreach ((DateTimeOffset moment, Dictionary<PointId, ModelPoint> then) in history.TakeLast(5))
        {
            await database.Backups.RestoreAsync("c", moment, "then");
            await Agreement.CheckAsync(database.GetCollection("then"), then, random, $"seed {_seed}, {moment:O}");
            await database.DeleteCollectionAsync("then");
        }

        await Task.Delay(500); // nothing more changes
        int settled = (await database.Backups.ListAsync()).Count;
        string newest = (await database.Backups.ListAsync())[^1].Id;
        await Task.Delay(600);
        Assert.Equal(newest, (await database.Backups.ListAsync())[^1].Id);
        Assert.True((await database.Backups.ListAsync()).Count <= settled);
        Assert.Null(Assert.Single(await database.Backups.VerifyAsync()).Failure);
    }

    [Fact]
    public async Task A_deleted_backup_takes_nothing_along_that_another_needs()
    {
        using TempFolder folder = new();
        string store = Path.Combine(folder.Path, "store");
        Random random = new(_seed);
        Dictionary<PointId, ModelPoint> model = [];
        await using VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, store, checkpointLogBytes: 20_000);
        await database.CreateCollectionAsync("c", BackedUpDatabase.Schema());
        List<string> ids = [];
        for (int i = 0; i < 6; i++)
        {
            await database.GetCollection("c").WriteAsync(model, random, 150);
            ids.Add((await database.Backups!.CreateAsync()).Id);
        }

        foreach (string id in ids.Take(5).OrderBy(_ => random.Next()))
        {
            Assert.True(await database.Backups!.DeleteAsync(id));
            Assert.Null(Assert.Single(await database.Backups.VerifyAsync()).Failure);
        }

        Assert.False(await database.Backups!.DeleteAsync(ids[0]));
        Assert.True(await database.Backups.DeleteAsync(ids[5]));
        Assert.Empty(Directory.GetFiles(store, "*", SearchOption.AllDirectories));
    }

    private static long BytesIn(string folder)
        => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
