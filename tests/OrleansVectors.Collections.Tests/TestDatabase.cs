using System.Text;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Collections.Tests;

/// <summary>How most tests open a database and describe collections and points.</summary>
internal static class TestDatabase
{
    public const int Dim = 4;

    public static Task<VectorDatabase> OpenAsync(
        TempFolder folder, long checkpointLogBytes = 20_000, uint pointsMax = 1 << 16, Storage.Log.Durability durability = Storage.Log.Durability.Os)
        => VectorDatabase.OpenAsync(new DatabaseOptions
        {
            Folder = folder.Path,
            Partitions = new PartitionOptions
            {
                Durability = durability,
                PointsMax = pointsMax,
                CheckpointLogBytes = checkpointLogBytes,
                IndexingThreads = 2,
            },
        });

    /// <summary>A graph from the first kilobytes on.</summary>
    public static CollectionSchema Schema(int partitions = 1, int m = 4, params (string Name, int Dim)[] vectors) => new()
    {
        Vectors = (vectors.Length == 0 ? [("", Dim)] : vectors)
            .ToDictionary(vector => vector.Name, vector => new VectorSchema(vector.Dim, DistanceMetric.Euclidean)),
        PartitionCount = partitions,
        IndexingThresholdKb = 1,
        Hnsw = new HnswSettings(M: m, EfConstruct: 16, FullScanThresholdKb: 10),
    };

    public static PointInput Point(ulong id, string json = "{}") => new(PointId.FromNumber(id), [new NamedVector("", Vector(id))], Payload(json));

    public static float[] Vector(ulong value, int dim = Dim) => [.. Enumerable.Range(0, dim).Select(i => value + MathF.Sin((value * (i + 1f)) + i))];

    public static PayloadDocument Payload(string json) => PayloadDocument.Parse(Encoding.UTF8.GetBytes(json));

    public static PointId Id(ulong number) => PointId.FromNumber(number);

    public static PointSelection Ids(params ulong[] ids) => new PointSelection.ByIds([.. ids.Select(PointId.FromNumber)]);

    public static Filter Is(string key, long value) => new() { Must = [new MatchCondition(PayloadPath.Parse(key), new MatchInteger(value))] };

    public static Task<IReadOnlyList<WriteResult>> WriteAsync(this Collection collection, params PointOperation[] operations)
        => collection.WriteAsync(operations, waitUntilVisible: true);
}
