using System.Text;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Indexing;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Writing;

namespace OrleansVectors.Partitions.Tests;

/// <summary>A partition with indexing threads of its own, and the operations tests do to it most.</summary>
internal sealed class PartitionHost : IAsyncDisposable
{
    public const int Dim = 8;

    private readonly IndexingPool _pool = new(2);

    public PartitionHost(string folder, PartitionSchema? schema = null, PartitionOptions? options = null)
    {
        Schema = schema ?? SchemaOf(Field(0, ""));
        try
        {
            Partition = Partition.Open(folder, Schema, options ?? Options, _pool);
        }
        catch
        {
            _pool.Dispose();
            throw;
        }
    }

    /// <summary>No checkpoint but those that a test or the closing asks for.</summary>
    public static PartitionOptions Options { get; } = new() { Durability = Storage.Log.Durability.Os, PointsMax = 1 << 16 };

    public Partition Partition { get; }

    public PartitionSchema Schema { get; private set; }

    public static PartitionSchema SchemaOf(params VectorFieldSchema[] fields) => new(fields);

    public static VectorFieldSchema Field(ushort number, string name, int dim = Dim, int m = 4, long graphFromBytes = 1024)
        => new() { Number = number, Name = name, Dim = dim, Metric = DistanceMetric.Euclidean, M = m, EfConstruction = 16, GraphFromBytes = graphFromBytes };

    public static PointInput Point(ulong id, float value, string json = "{}")
        => new(PointId.FromNumber(id), [new NamedVector("", Vector(value))], Payload(json));

    public static PayloadDocument Payload(string json) => PayloadDocument.Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>A vector whose components are spread around a value, so that each value has its own place.</summary>
    public static float[] Vector(float value, int dim = Dim)
        => [.. Enumerable.Range(0, dim).Select(i => value + MathF.Sin((value * (i + 1)) + i))];

    public static PointSelection Ids(params ulong[] ids) => new PointSelection.ByIds([.. ids.Select(PointId.FromNumber)]);

    public static Filter Is(string key, long value) => new() { Must = [new MatchCondition(PayloadPath.Parse(key), new MatchInteger(value))] };

    public Task<OperationOutcome> WriteAsync(params PointOperation[] operations)
        => Partition.WriteAsync(OperationEncoder.Encode(operations, Schema), waitUntilVisible: true);

    /// <summary>Writes points with consecutive ids, each id its own vector and payload <c>{"n": id}</c>.</summary>
    public Task<OperationOutcome> FillAsync(int from, int count)
        => WriteAsync(new UpsertPoints([.. Enumerable.Range(from, count).Select(id => Point((ulong)id, id, $$"""{"n":{{id}}}"""))]));

    public async Task ChangeSchemaAsync(params VectorFieldSchema[] fields)
    {
        Schema = SchemaOf(fields);
        await Partition.ChangeSchemaAsync(Schema);
    }

    public SearchAnswer Search(float value, int limit, bool exact = false)
        => Partition.Search(
            new SearchRequest { Vector = Vector(value), Limit = limit, Exact = exact, HnswEf = 64, Projection = PointProjection.Everything },
            CancellationToken.None);

    /// <summary>Requires that points filled by <see cref="FillAsync"/> are there, whole, and found.</summary>
    public void CheckFilled(int from, int count)
    {
        IReadOnlyList<PointRecord> records = Partition.Get(
            [.. Enumerable.Range(from, count).Select(id => PointId.FromNumber((ulong)id))], PointProjection.Everything);
        Assert.Equal(count, records.Count);
        foreach (PointRecord record in records)
        {
            Assert.Equal($$"""{"n":{{record.Id}}}""", record.Payload!.ToString());
            Assert.Equal(Vector(record.Id.Number), record.Vectors![0].Values.ToArray());
        }

        for (int id = from; id < from + count; id += Math.Max(1, count / 50))
        {
            Assert.Equal((ulong)id, Search(id, 1, exact: true)[0].Point.Id.Number);
        }
    }

    public async Task WaitForIndexingAsync()
    {
        PartitionStatistics statistics;
        while ((statistics = Partition.Statistics).IndexingPending)
        {
            Assert.Null(statistics.IndexingFailure);
            await Task.Delay(5);
        }

        Assert.Null(statistics.IndexingFailure);
    }

    public async ValueTask DisposeAsync()
    {
        await Partition.DisposeAsync();
        _pool.Dispose();
    }
}
