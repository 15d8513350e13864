using OrleansVectors.Collections.Backups;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions;
using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Collections.Tests.Backups;

/// <summary>How tests open a database with a store for its backups, and the collection they fill with random operations.</summary>
internal static class BackedUpDatabase
{
    public const int Dim = 12;

    public const int Ids = 300;

    public static Task<VectorDatabase> OpenAsync(
        TempFolder folder, string store, TimeSpan? interval = null, TimeSpan? retention = null, long checkpointLogBytes = 60_000)
        => VectorDatabase.OpenAsync(new DatabaseOptions
        {
            Folder = Path.Combine(folder.Path, "data"),
            Backups = new BackupOptions { Store = BlobStores.Open(store), Interval = interval, Retention = retention },
            Partitions = new PartitionOptions
            {
                Durability = Storage.Log.Durability.Os,
                PointsMax = 1 << 16,
                CheckpointLogBytes = checkpointLogBytes,
                IndexingThreads = 2,
            },
        });

    /// <summary>A graph from the first kilobytes on.</summary>
    public static CollectionSchema Schema(int partitions = 1) => new()
    {
        Vectors = new Dictionary<string, VectorSchema>
        {
            [""] = new(Dim, DistanceMetric.Euclidean),
            ["second"] = new(Dim, DistanceMetric.Dot),
        },
        PartitionCount = partitions,
        IndexingThresholdKb = 1,
        Hnsw = new HnswSettings(M: 8, EfConstruct: 64, FullScanThresholdKb: 10),
    };

    /// <summary>Does random operations to a collection and its model.</summary>
    public static async Task WriteAsync(this Collection collection, Dictionary<PointId, ModelPoint> model, Random random, int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            await Operations.ApplyAsync(collection, model, Operations.Random(random, Ids, Dim));
        }
    }

    /// <summary>A copy of a model that later operations leave alone.</summary>
    public static Dictionary<PointId, ModelPoint> Snapshot(this Dictionary<PointId, ModelPoint> model)
        => model.ToDictionary(
            point => point.Key,
            point => new ModelPoint(point.Value.Vectors.ToDictionary(vector => vector.Key, vector => vector.Value.ToArray()), point.Value.Payload.DeepClone().AsObject()));

    /// <summary>A moment that is later than all before and earlier than all after it.</summary>
    public static async Task<DateTimeOffset> MomentAsync()
    {
        await Task.Delay(2);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        await Task.Delay(2);
        return now;
    }
}
