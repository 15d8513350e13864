using OrleansVectors.Collections.Backups;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections.Tests.Backups;

public sealed class RestoreTests
{
    private readonly int _seed = Environment.TickCount;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Twenty_random_moments_come_back_as_they_were(int partitions)
    {
        using TempFolder folder = new();
        Random random = new(_seed);
        string store = Path.Combine(folder.Path, "store");
        Dictionary<PointId, ModelPoint> model = [];
        List<(DateTimeOffset Moment, Dictionary<PointId, ModelPoint> Model)> history = [];
        VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, store, interval: TimeSpan.FromHours(1));
        try
        {
            await database.CreateCollectionAsync("c", BackedUpDatabase.Schema(partitions));
            await database.Backups!.CreateAsync();
            for (int round = 0; round < 40; round++)
            {
                await database.GetCollection("c").WriteAsync(model, random, 40);
                history.Add((await BackedUpDatabase.MomentAsync(), model.Snapshot()));
                if (random.Next(4) == 0)
                {
                    await database.Backups!.CreateAsync(random.Next(2) == 0 ? ["c"] : null);
                }

                if (random.Next(10) == 0)
                {
                    await database.DisposeAsync();
                    database = await BackedUpDatabase.OpenAsync(folder, store, interval: TimeSpan.FromHours(1));
                }
            }

            foreach ((DateTimeOffset moment, Dictionary<PointId, ModelPoint> then) in history.OrderBy(_ => random.Next()).Take(20))
            {
                await database.Backups!.RestoreAsync("c", moment, "then");
                await Agreement.CheckAsync(database.GetCollection("then"), then, random, $"seed {_seed}, {moment:O}");
                await database.DeleteCollectionAsync("then");
            }

            await Agreement.CheckAsync(database.GetCollection("c"), model, random, $"seed {_seed}, the original");
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_collection_goes_back_in_its_own_place_and_forward_again()
    {
        using TempFolder folder = new();
        Random random = new(_seed);
        string store = Path.Combine(folder.Path, "store");
        Dictionary<PointId, ModelPoint> model = [];
        await using (VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, store))
        {
            await database.CreateCollectionAsync("c", BackedUpDatabase.Schema());
            await database.ChangeAliasesAsync([new AliasAction.Create("c", "alias")]);
            await database.GetCollection("c").WriteAsync(model, random, 200);
            Dictionary<PointId, ModelPoint> before = model.Snapshot();
            DateTimeOffset moment = await BackedUpDatabase.MomentAsync();
            await database.GetCollection("c").WriteAsync([new DeletePoints(new PointSelection.ByFilter(new()))], waitUntilVisible: true); // the accident
            DateTimeOffset after = await BackedUpDatabase.MomentAsync();
            await database.Backups!.RestoreAsync("c", moment);
            await Agreement.CheckAsync(database.GetCollection("alias"), before, random, $"seed {_seed}, back");
            await database.GetCollection("c").WriteAsync(before, random, 100);
            await database.Backups!.RestoreAsync("c", after, "emptied");
            Assert.Equal(0, await database.GetCollection("emptied").CountAsync(null));
            model = before;
        }

        await using VectorDatabase again = await BackedUpDatabase.OpenAsync(folder, store);
        await Agreement.CheckAsync(again.GetCollection("c"), model, random, $"seed {_seed}, reopened");
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(folder.Path, "data", "collections")).Length);
    }

    [Fact]
    public async Task Everything_comes_back_on_an_empty_machine()
    {
        using TempFolder folder = new();
        using TempFolder other = new();
        Random random = new(_seed);
        string store = Path.Combine(folder.Path, "store");
        Dictionary<PointId, ModelPoint>[] models = [[], []];
        await using (VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, store))
        {
            for (int i = 0; i < models.Length; i++)
            {
                await database.CreateCollectionAsync($"c{i}", BackedUpDatabase.Schema(i + 1));
                await database.GetCollection($"c{i}").WriteAsync(models[i], random, 150);
            }

            await database.ChangeAliasesAsync([new AliasAction.Create("c1", "alias")]);
            await database.Backups!.CreateAsync();
        }

        await using VectorDatabase empty = await BackedUpDatabase.OpenAsync(other, store);
        Assert.Equal(["c0", "c1"], await empty.Backups!.RestoreAllAsync());
        for (int i = 0; i < models.Length; i++)
        {
            await Agreement.CheckAsync(empty.GetCollection(i == 1 ? "alias" : "c0"), models[i], random, $"seed {_seed}, collection {i}");
        }
    }

    [Fact]
    public async Task A_moment_is_read_by_the_schema_that_held_then()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, Path.Combine(folder.Path, "store"));
        await database.CreateCollectionAsync("c", TestDatabase.Schema());
        Collection collection = database.GetCollection("c");
        await collection.WriteAsync(new UpsertPoints([TestDatabase.Point(1)]));
        await database.Backups!.CreateAsync();
        await collection.ChangeSchemaAsync(schema => schema with
        {
            Vectors = new Dictionary<string, VectorSchema>(schema.Vectors) { ["extra"] = new(3, DistanceMetric.Euclidean) },
        });
        await collection.WriteAsync(new UpdateVectors([new PointVectors(TestDatabase.Id(1), [new NamedVector("extra", new float[] { 1, 2, 3 })])]));
        DateTimeOffset with = await BackedUpDatabase.MomentAsync();
        await collection.ChangeSchemaAsync(schema => schema with
        {
            Vectors = schema.Vectors.Where(vector => vector.Key != "extra").ToDictionary(),
        });
        await collection.WriteAsync(new UpsertPoints([TestDatabase.Point(2)]));

        await database.Backups!.RestoreAsync("c", with, "then");
        PointRecord point = (await database.GetCollection("then").GetAsync([TestDatabase.Id(1)], PointProjection.Everything)).Single();
        Assert.Equal([1f, 2f, 3f], point.Vectors!.Single(vector => vector.Name == "extra").Values.ToArray());
        Assert.Equal(1, await database.GetCollection("then").CountAsync(null));
    }

    [Fact]
    public async Task What_cannot_be_restored_is_refused_with_the_reason_and_changes_nothing()
    {
        using TempFolder folder = new();
        string store = Path.Combine(folder.Path, "store");
        await using VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, store);
        DateTimeOffset before = await BackedUpDatabase.MomentAsync();
        await database.CreateCollectionAsync("c", TestDatabase.Schema());
        await database.GetCollection("c").WriteAsync(new UpsertPoints([TestDatabase.Point(1)]));
        await database.Backups!.CreateAsync();

        await Refused("holds a collection", () => database.Backups.RestoreAsync("nothing"));
        await Refused("it was created at", () => database.Backups.RestoreAsync("c", before));
        await Refused("in the future", () => database.Backups.RestoreAsync("c", DateTimeOffset.UtcNow.AddMinutes(1)));
        await Assert.ThrowsAsync<CollectionExistsException>(() => database.Backups.RestoreAsync("c", newName: "c"));

        foreach (string file in Directory.GetFiles(Path.Combine(store, "collections"), "*.log", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(file);
            bytes[bytes.Length / 2] ^= 1;
            File.WriteAllBytes(file, bytes);
        }

        await Refused("damaged", () => database.Backups.RestoreAsync("c"));
        Assert.Equal(1, await database.GetCollection("c").CountAsync(null));
        Assert.Single(Directory.GetDirectories(Path.Combine(folder.Path, "data", "collections")));
        BackupVerification found = Assert.Single(await database.Backups.VerifyAsync());
        Assert.Contains("damaged", found.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flipped_byte_in_a_checkpoint_refuses_the_restore_or_makes_no_difference()
    {
        using TempFolder folder = new();
        string store = Path.Combine(folder.Path, "store");
        Random random = new(_seed);
        Dictionary<PointId, ModelPoint> model = [];
        await using VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, store, checkpointLogBytes: 20_000);
        await database.CreateCollectionAsync("c", BackedUpDatabase.Schema());
        await database.GetCollection("c").WriteAsync(model, random, 800);
        BackupSummary backup = await database.Backups!.CreateAsync();
        string file = Directory.GetFiles(store, "*.seg", SearchOption.AllDirectories).MaxBy(path => new FileInfo(path).Length)!;
        byte[] sound = File.ReadAllBytes(file);
        for (int i = 0; i < 20; i++)
        {
            int at = random.Next(4096, sound.Length);
            byte[] flipped = [.. sound];
            flipped[at] ^= 0xA5;
            File.WriteAllBytes(file, flipped);
            try
            {
                // Padding, or a file that this backup does not want: then it comes back whole.
                await database.Backups.RestoreAsync("c", backup.Time, "then");
                await Agreement.CheckAsync(database.GetCollection("then"), model, random, $"seed {_seed}, byte {at}, restored");
                await database.DeleteCollectionAsync("then");
            }
            catch (BackupException refusal)
            {
                Assert.Contains("damaged", refusal.Message, StringComparison.Ordinal);
            }

            await Agreement.CheckAsync(database.GetCollection("c"), model, random, $"seed {_seed}, byte {at}");
            File.WriteAllBytes(file, sound);
        }
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_told_and_the_others_do_without_it()
    {
        using TempFolder folder = new();
        string store = Path.Combine(folder.Path, "store");
        await using (VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, store))
        {
            await database.CreateCollectionAsync("c", TestDatabase.Schema());
            await database.Backups!.CreateAsync();
            await database.GetCollection("c").WriteAsync(new UpsertPoints([TestDatabase.Point(1)]));
            await database.Backups.CreateAsync();
        }

        string newest = Directory.GetFiles(Path.Combine(store, "backups")).Max(StringComparer.Ordinal)!;
        File.WriteAllText(newest, "{" + File.ReadAllText(newest));
        await using VectorDatabase again = await BackedUpDatabase.OpenAsync(folder, store);
        Assert.Single(await again.Backups!.ListAsync());
        Assert.Equal(Path.GetFileNameWithoutExtension(newest), Assert.Single(again.Backups.Unreadable).Key);
        await again.Backups.RestoreAsync("c");
        Assert.Equal(1, await again.GetCollection("c").CountAsync(null));
    }

    private static async Task Refused(string text, Func<Task> action)
    {
        BackupException refusal = await Assert.ThrowsAsync<BackupException>(action);
        Assert.Contains(text, refusal.Message, StringComparison.Ordinal);
    }
}
