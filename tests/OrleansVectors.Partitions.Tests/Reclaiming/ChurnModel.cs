using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Partitions.Tests.Reclaiming;

/// <summary>What a partition must hold: for each id the generation of its vector and payload.</summary>
internal sealed class ChurnModel(int points, int seed)
{
    private const int BatchPoints = 250;

    private readonly Random _random = new(seed);
    private readonly SortedDictionary<ulong, long> _points = [];
    private ulong _nextId;
    private long _generation;

    public int Count => _points.Count;

    /// <summary>Bytes that the rows, payloads and vectors of the points need at least.</summary>
    public long NeededBytes => _points.Count * (48L + 24 + 64 + Payload(0, 0).Encoded.Length);

    public async Task FillAsync(PartitionHost host)
    {
        List<ulong> ids = [];
        for (int i = _points.Count; i < points; i++)
        {
            ids.Add(_nextId++);
        }

        await WriteAsync(host, ids);
    }

    public async Task TurnOverAsync(PartitionHost host, Churn churn)
    {
        switch (churn)
        {
            case Churn.RandomReplacement:
                ulong[] present = [.. _points.Keys];
                await WriteAsync(host, [.. Enumerable.Range(0, points).Select(_ => present[_random.Next(present.Length)])]);
                break;
            case Churn.SlidingWindow:
                for (int step = 0; step < 8; step++)
                {
                    await DeleteAsync(host, [.. _points.Keys.Take(points / 8)]);
                    await FillAsync(host);
                }

                break;
            case Churn.ClusterDeletion:
                for (int step = 0; step < 8; step++)
                {
                    long from = _random.Next(8);
                    await DeleteAsync(host, [.. _points.Where(point => point.Value % 8 == from).Select(point => point.Key)]);
                    await FillAsync(host);
                }

                break;
            case Churn.DeleteAllRefill:
                await DeleteAsync(host, [.. _points.Keys]);
                CheckAll(host);
                await FillAsync(host);
                break;
            default:
                ulong hot = _points.Keys.First();
                for (int i = 0; i < points; i++)
                {
                    await WriteAsync(host, [hot]);
                }

                break;
        }
    }

    public async Task DeleteAsync(PartitionHost host, ulong[] ids)
    {
        foreach (ulong[] batch in ids.Chunk(BatchPoints))
        {
            await host.WriteAsync(new DeletePoints(PartitionHost.Ids(batch)));
        }

        foreach (ulong id in ids)
        {
            _points.Remove(id);
        }
    }

    /// <summary>Deletes a share of the points, chosen at random.</summary>
    public Task DeleteShareAsync(PartitionHost host, double share)
        => DeleteAsync(host, [.. _points.Keys.Where(_ => _random.NextDouble() < share)]);

    /// <summary>Requires that everything is there as written, and nothing else, in every way of reading.</summary>
    public void CheckAll(PartitionHost host)
    {
        Assert.Equal(_points.Count, host.Partition.Count(null, CancellationToken.None));
        Assert.Equal(_points.Count, host.Partition.Statistics.Points);
        IReadOnlyList<PointRecord> records = host.Partition.Get([.. _points.Keys.Select(PointId.FromNumber)], PointProjection.Everything);
        Assert.Equal(_points.Count, records.Count);
        foreach (PointRecord record in records)
        {
            Check(record);
        }

        ScrollPage page = host.Partition.Scroll(
            new ScrollRequest { Limit = points + 1, Projection = PointProjection.Everything }, CancellationToken.None);
        Assert.Equal(_points.Keys, page.Points.Select(record => record.Id.Number));
        foreach (ulong id in _points.Keys.Where(_ => _random.Next(_points.Count) < 20))
        {
            PointRecord nearest = host.Search(Place(id, _points[id]), 1, exact: true)[0].Point;
            Assert.Equal(id, nearest.Id.Number);
            Check(nearest);
        }
    }

    /// <summary>Requires that searches by the graph, a poor one of few links, find most of a sample of points at their own place.</summary>
    public void CheckRecall(PartitionHost host)
    {
        ulong[] sample = [.. _points.Keys.Where(_ => _random.Next(_points.Count) < 200)];
        int found = sample.Count(id => host.Search(Place(id, _points[id]), 1)[0].Point.Id.Number == id);
        Assert.True(found >= sample.Length * 0.88, $"{found} of {sample.Length} are found");
    }

    private async Task WriteAsync(PartitionHost host, IReadOnlyList<ulong> ids)
    {
        foreach (ulong[] batch in ids.Chunk(BatchPoints))
        {
            List<PointInput> inputs = [];
            foreach (ulong id in batch.Distinct())
            {
                _points[id] = ++_generation;
                inputs.Add(new PointInput(
                    PointId.FromNumber(id), [new NamedVector("", PartitionHost.Vector(Place(id, _generation)))], Payload(id, _generation)));
            }

            Assert.Null((await host.WriteAsync(new UpsertPoints(inputs))).Refusal);
        }
    }

    private void Check(PointRecord record)
    {
        ulong id = record.Id.Number;
        long generation = _points[id];
        Assert.Equal(Payload(id, generation).ToString(), record.Payload!.ToString());
        Assert.Equal(PartitionHost.Vector(Place(id, generation)), record.Vectors![0].Values.ToArray());
    }

    private static float Place(ulong id, long generation) => (id * 0.37f) + (generation % 8 * 1000) + (generation % 997 * 0.001f);

    private static PayloadDocument Payload(ulong id, long generation)
        => PartitionHost.Payload($$"""{"id":{{id}},"generation":{{generation}},"text":"{{new string('x', (int)(100 + (generation % 50)))}}"}""");
}
