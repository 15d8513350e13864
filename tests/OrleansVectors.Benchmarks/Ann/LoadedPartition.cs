using System.Text;
using OrleansVectors.Benchmarks.ServerSpeed;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Indexing;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>
/// A whole partition that holds a set's vectors: point ids are rows, and each point's payload says which sets of which
/// filters it is in, so that every search goes through payload indexes and the planner.
/// </summary>
internal sealed class LoadedPartition : IDisposable
{
    private const int BatchPoints = 1000;

    private readonly DataFolder folder = new(null);
    private readonly IndexingPool pool;
    private readonly Partition partition;
    private readonly PayloadPath[] paths;

    /// <summary>Fills a partition and waits until everything is indexed.</summary>
    /// <param name="set">The vectors.</param>
    /// <param name="quantizer">The codes that it works on; none when null.</param>
    /// <param name="m">Links of a node.</param>
    /// <param name="efConstruction">Candidates looked at for the links of a new node.</param>
    /// <param name="threads">Threads that index.</param>
    /// <param name="clock">What a second is.</param>
    /// <param name="filters">The filters that searches will use.</param>
    public LoadedPartition(
        DataSet set, QuantizerKind? quantizer, int m, int efConstruction, int threads, Clock clock, IReadOnlyList<QueryFilters> filters)
    {
        paths = [.. filters.Select((_, filter) => PayloadPath.Parse(KeyOf(filter)))];
        var schema = new PartitionSchema(
        [
            new VectorFieldSchema
            {
                Number = 0,
                Name = "",
                Dim = set.Rows.Dim,
                Metric = set.Metric,
                M = m,
                EfConstruction = efConstruction,
                Quantization = quantizer is { } kind ? new QuantizationSchema(kind) : null,
            },
        ])
        {
            PayloadIndexes = [.. paths.Select((path, filter) => new PayloadIndexSchema((ushort)filter, path, PayloadIndexType.Integer))],
        };
        pool = new IndexingPool(threads);
        var start = clock.Seconds(threads);
        partition = Partition.Open(
            folder.Path, schema, new PartitionOptions { Durability = Storage.Log.Durability.Os, PointsMax = (uint)set.Count + BatchPoints }, pool);
        try
        {
            Fill(set, schema, filters);
            BuildSeconds = clock.Seconds(threads) - start;
            partition.CheckpointAsync().GetAwaiter().GetResult();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Seconds from the first write until all is indexed.</summary>
    public double BuildSeconds { get; }

    /// <summary>Bytes of everything that a checkpoint stores, and of the payload indexes.</summary>
    public long Bytes => partition.Statistics.SegmentBytes + partition.Statistics.PayloadIndexBytes;

    /// <summary>The nearest points of the set that a filter lets a query see.</summary>
    /// <param name="query">The components.</param>
    /// <param name="filter">The filter, by its place among those the partition was filled with.</param>
    /// <param name="set">The set of that filter.</param>
    /// <param name="ef">Candidates that a walk keeps; null leaves it to the engine.</param>
    /// <param name="rescore">The nearest by codes that are compared again exactly; null leaves it to the engine.</param>
    /// <param name="explain">Whether the answer is to say how it was found.</param>
    public SearchAnswer Search(ReadOnlySpan<float> query, int filter, int set, int? ef, int? rescore, bool explain = false)
        => partition.Search(
            new SearchRequest
            {
                Vector = query.ToArray(),
                Filter = new Filter { Must = [new MatchCondition(paths[filter], new MatchInteger(set))] },
                Limit = Truth.K,
                HnswEf = ef,
                Quantization = rescore is { } some ? new QuantizationSearch(Rescore: some > 0, Oversampling: Math.Max(1f, (float)some / Truth.K)) : null,
                Explain = explain,
            },
            CancellationToken.None);

    public void Dispose()
    {
        partition.DisposeAsync().AsTask().GetAwaiter().GetResult();
        pool.Dispose();
        folder.Dispose();
    }

    private void Fill(DataSet set, PartitionSchema schema, IReadOnlyList<QueryFilters> filters)
    {
        for (var first = 0; first < set.Count; first += BatchPoints)
        {
            PointInput[] points =
            [
                .. Enumerable.Range(first, Math.Min(BatchPoints, set.Count - first)).Select(row => new PointInput(
                    PointId.FromNumber((ulong)row), [new NamedVector("", set.Rows.Vector((uint)row).ToArray())], PayloadOf((uint)row, filters))),
            ];
            var outcome = partition.WriteAsync(OperationEncoder.Encode([new UpsertPoints(points)], schema), waitUntilVisible: true);
            outcome.GetAwaiter().GetResult();
        }

        while (partition.Statistics.IndexingPending)
        {
            Thread.Sleep(5);
        }
    }

    private static PayloadDocument PayloadOf(uint row, IReadOnlyList<QueryFilters> filters)
    {
        var text = new StringBuilder("{");
        for (var filter = 0; filter < filters.Count; filter++)
        {
            text.Append(filter == 0 ? "" : ",").Append('"').Append(KeyOf(filter)).Append("\":[");
            text.AppendJoin(',', filters[filter].SetsWith(row)).Append(']');
        }

        return PayloadDocument.Parse(Encoding.UTF8.GetBytes(text.Append('}').ToString()));
    }

    private static string KeyOf(int filter) => $"f{filter}";
}
