using System.Diagnostics;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Tests.Backups;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Operations;

namespace OrleansVectors.Collections.Tests.Copies;

public sealed class CloneTests
{
    private readonly int _seed = Environment.TickCount;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_branch_and_its_original_go_their_own_ways_and_outlive_each_other(int partitions)
    {
        using TempFolder folder = new();
        Random random = new(_seed);
        Dictionary<PointId, ModelPoint> original = [];
        Dictionary<PointId, ModelPoint> branch;
        Dictionary<PointId, ModelPoint> twig;
        VectorDatabase database = await TestDatabase.OpenAsync(folder);
        try
        {
            await database.CreateCollectionAsync("original", BackedUpDatabase.Schema(partitions));
            await database.GetCollection("original").WriteAsync(original, random, 600);
            await database.CloneCollectionAsync("original", "branch");
            branch = original.Snapshot();
            await database.GetCollection("branch").WriteAsync(branch, random, 300);
            await database.GetCollection("original").WriteAsync(original, random, 300);
            await database.CloneCollectionAsync("branch", "twig");
            twig = branch.Snapshot();
            await database.GetCollection("twig").WriteAsync(twig, random, 50);
            await CheckAllAsync();
            await database.DisposeAsync();
            database = await TestDatabase.OpenAsync(folder);
            await CheckAllAsync();

            Assert.True(await database.DeleteCollectionAsync("original"));
            await database.ChangeAliasesAsync([new AliasAction.Create("branch", "original")]); // promoted
            original = branch;
            await CheckAllAsync();
        }
        finally
        {
            await database.DisposeAsync();
        }

        async Task CheckAllAsync()
        {
            await Agreement.CheckAsync(database.GetCollection("original"), original, random, $"seed {_seed}, original");
            await Agreement.CheckAsync(database.GetCollection("branch"), branch, random, $"seed {_seed}, branch");
            await Agreement.CheckAsync(database.GetCollection("twig"), twig, random, $"seed {_seed}, twig");
        }
    }

    [Fact]
    public async Task A_branch_shares_the_files_of_its_original()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema(vectors: ("", 256)));
        for (int batch = 0; batch < 20; batch++)
        {
            await database.GetCollection("c").WriteAsync(new UpsertPoints([.. Enumerable.Range(batch * 1000, 1000).Select(id =>
                new PointInput(TestDatabase.Id((ulong)id), [new NamedVector("", TestDatabase.Vector((ulong)id, 256))], TestDatabase.Payload("{}")))]));
        }

        await database.CloneCollectionAsync("c", "first"); // takes a checkpoint, perhaps
        Stopwatch taken = Stopwatch.StartNew();
        long before = DiskBytes(folder.Path);
        await database.CloneCollectionAsync("first", "second");
        long more = DiskBytes(folder.Path) - before;

        // The log behind the last checkpoint, up to 16 MiB, is copied.
        Assert.True(more < (17 << 20) + (before / 10), $"{more} bytes for a branch of {before}; it took {taken.Elapsed}");
        Assert.Equal(20_000, await database.GetCollection("second").CountAsync(null));
    }

    [Fact]
    public async Task A_branch_of_a_collection_that_is_written_to_is_as_of_one_moment()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema(partitions: 4));
        using CancellationTokenSource stop = new();
        Task writing = Task.Run(async () =>
        {
            for (ulong number = 1; !stop.IsCancellationRequested; number++)
            {
                await database.GetCollection("c").WriteAsync(new UpsertPoints([TestDatabase.Point(number)]));
            }
        });
        for (int i = 0; i < 10; i++)
        {
            await Task.Delay(50);
            await database.CloneCollectionAsync("c", $"branch{i}");
        }

        await stop.CancelAsync();
        await writing;
        for (int i = 0; i < 10; i++)
        {
            Collection branch = database.GetCollection($"branch{i}");
            long points = await branch.CountAsync(null);
            PointId[] ids = [.. Enumerable.Range(1, (int)points).Select(id => TestDatabase.Id((ulong)id))];
            Assert.Equal(points, (await branch.GetAsync(ids, Partitions.Reading.PointProjection.IdOnly)).Count);
        }
    }

    [Fact]
    public async Task Names_that_are_taken_or_none_are_refused_and_leave_nothing()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema());
        await database.ChangeAliasesAsync([new AliasAction.Create("c", "alias")]);
        await Assert.ThrowsAsync<CollectionNotFoundException>(() => database.CloneCollectionAsync("nothing", "new"));
        await Assert.ThrowsAsync<CollectionExistsException>(() => database.CloneCollectionAsync("c", "c"));
        await Assert.ThrowsAsync<CollectionExistsException>(() => database.CloneCollectionAsync("c", "alias"));
        await Assert.ThrowsAsync<LimitViolatedException>(() => database.CloneCollectionAsync("c", ""));
        Assert.Single(Directory.GetDirectories(Path.Combine(folder.Path, "collections")));
    }

    /// <summary>Bytes of all files, each counted once however many names it has.</summary>
    private static long DiskBytes(string folder)
    {
        using Process du = Process.Start(new ProcessStartInfo("du", ["-sb", folder]) { RedirectStandardOutput = true })!;
        string output = du.StandardOutput.ReadToEnd();
        du.WaitForExit();
        return long.Parse(output.Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
