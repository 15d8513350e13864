using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Storage.Folders;
using OrleansVectors.Storage.Manifests;

namespace OrleansVectors.Collections.Tests.Doctor;

/// <summary>
/// A folder with everything that a doctor can meet: two partitions with graphs, a payload index, an alias, two checkpoints
/// each, and a log of several files, some behind the last checkpoint. Once as a close leaves it, once as a kill does.
/// </summary>
internal sealed class ExaminedDatabase : IDisposable
{
    public const int Points = 600;

    /// <summary>So that the first checkpoint has a graph already.</summary>
    private const int Dim = 32;

    private readonly TempFolder _temp = new();

    private ExaminedDatabase()
    {
    }

    public string Folder => Path.Combine(_temp.Path, "data");

    /// <summary>Every file by its path below the folder, and each folder that is empty.</summary>
    public Dictionary<string, byte[]> Contents
        => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(Folder, path), File.ReadAllBytes);

    public string Partition(int number) => Directory.GetDirectories(Path.Combine(Folder, "collections")).Single() + $"/partition-{number}";

    public Manifest NewestManifest(int partition) => ManifestInspection.Run(PartitionPaths.Manifests(Partition(partition)))[0].Manifest!;

    public static async Task<ExaminedDatabase> CreateAsync(bool isKilled)
    {
        ExaminedDatabase made = new();
        string grown = Path.Combine(made._temp.Path, "grown");
        await using (VectorDatabase database = await OpenAsync(grown))
        {
            await database.CreateCollectionAsync("c", TestDatabase.Schema(partitions: 2, m: 4, ("", Dim)) with
            {
                PayloadIndexes = new Dictionary<string, PayloadIndexSettings> { ["n"] = new(PayloadIndexType.Integer) },
            });
            await database.ChangeAliasesAsync([new AliasAction.Create("c", "alias")]);
            for (int checkpoint = 0; checkpoint < 3; checkpoint++)
            {
                await WriteAsync(database.GetCollection("c"), checkpoint * Points / 3, Points / 3);
                foreach (Partition partition in database.Find("c")!.Partitions.Select(partition => partition.Loaded!).Where(_ => checkpoint < 2))
                {
                    await WaitForIndexingAsync(partition);
                    await partition.CheckpointAsync();
                }
            }

            if (isKilled)
            {
                Copy(grown, made.Folder);
            }
        }

        if (!isKilled)
        {
            Directory.Move(grown, made.Folder);
        }

        return made;
    }

    public static Task<VectorDatabase> OpenAsync(string folder) => VectorDatabase.OpenAsync(new DatabaseOptions
    {
        Folder = folder,
        Partitions = new PartitionOptions
        {
            Durability = Storage.Log.Durability.Os,
            PointsMax = 1 << 16,
            CheckpointLogBytes = 1 << 30,
            IndexingThreads = 2,
            Logs = new SmallLogFiles(),
        },
    });

    /// <summary>A copy to be damaged and opened.</summary>
    public ExaminedDatabase Clone()
    {
        ExaminedDatabase copy = new();
        Copy(Folder, copy.Folder);
        return copy;
    }

    /// <summary>Opens the database and requires that every point is there, whole, and found by searches.</summary>
    public async Task RequireAllAsync(string where)
    {
        await using VectorDatabase database = await OpenAsync(Folder);
        Assert.True(database.Unavailable.Count == 0, $"{where}: {(database.Unavailable.Count > 0 ? database.Unavailable[0].Reason : "")}");
        Collection collection = database.GetCollection("c");
        PointId[] ids = [.. Enumerable.Range(0, Points).Select(id => TestDatabase.Id((ulong)id))];
        IReadOnlyList<PointRecord> records = await collection.GetAsync(ids, PointProjection.Everything);
        Assert.True(records.Count == Points, $"{where}: {records.Count} points");
        Assert.All(records, record => Assert.Equal(TestDatabase.Vector(record.Id.Number, Dim), record.Vectors![0].Values.ToArray()));
        Assert.All(records, record => Assert.Equal($$"""{"n":{{record.Id}}}""", record.Payload!.ToString()));
        foreach (Partition partition in database.Find("c")!.Partitions.Select(partition => partition.Loaded!))
        {
            await WaitForIndexingAsync(partition);
        }

        for (ulong id = 0; id < Points; id += 37)
        {
            SearchAnswer hits = await collection.SearchAsync(new SearchRequest { Vector = TestDatabase.Vector(id, Dim), Limit = 1, HnswEf = 64 });
            Assert.True(hits[0].Point.Id.Number == id, $"{where}: {id} is not found");
        }
    }

    public void Dispose() => _temp.Dispose();

    private static async Task WriteAsync(Collection collection, int from, int count)
    {
        for (int id = from; id < from + count; id += 10)
        {
            await collection.WriteAsync(new UpsertPoints([.. Enumerable.Range(id, 10).Select(Point)]));
        }
    }

    private static PointInput Point(int id)
        => TestDatabase.Point((ulong)id, $$"""{"n":{{id}}}""") with { Vectors = [new NamedVector("", TestDatabase.Vector((ulong)id, Dim))] };

    private static async Task WaitForIndexingAsync(Partition partition)
    {
        while (partition.Statistics is { IndexingPending: true } statistics)
        {
            Assert.Null(statistics.IndexingFailure);
            await Task.Delay(5);
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (string path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Path.GetFileName(path) == FolderLock.FileName)
            {
                File.WriteAllText(target, "1\n"); // who holds it lets nobody read it
                continue;
            }

            using FileStream source = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using FileStream copy = File.Create(target);
            source.CopyTo(copy);
        }
    }
}
