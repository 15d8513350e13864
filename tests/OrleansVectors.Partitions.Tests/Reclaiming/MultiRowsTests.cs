using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Tests.Reclaiming;

public sealed class MultiRowsTests
{
    private const int Points = 2000;
    private const int Dim = 64;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task Rows_of_deleted_points_give_their_memory_back_and_are_used_again(bool onDisk, int seed)
    {
        Random random = new(seed);
        using TempFolder folder = new();
        VectorFieldSchema field = PartitionHost.Field(0, "", Dim, m: 0) with { IsMultiVector = true, OnDisk = onDisk };
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(field));
        Dictionary<ulong, int> model = [];
        await StoreAsync(Enumerable.Range(0, Points));
        long full = host.Partition.Statistics.DataBytes;
        for (int round = 0; round < 3; round++)
        {
            await DeleteAsync([.. model.Keys.Where(_ => random.Next(20) > 0)]);
            Check(host);
            await UntilAsync(() => host.Partition.Statistics.DataBytes < full / 4);
            Check(host);
            await StoreAsync(Enumerable.Range(0, Points).Where(id => !model.ContainsKey((ulong)id)).ToArray());
            Assert.True(host.Partition.Statistics.DataBytes < full * 5 / 4, $"seed {seed}: {host.Partition.Statistics.DataBytes} bytes, {full} at first");
        }

        Check(host);
        using TempFolder crashed = folder.Copy();
        await using PartitionHost reopened = new(crashed.Path, host.Schema);
        Check(reopened);

        async Task StoreAsync(IEnumerable<int> ids)
        {
            foreach (int[] batch in ids.Chunk(100))
            {
                await host.WriteAsync(new UpsertPoints([.. batch.Select(id =>
                {
                    int rows = model[(ulong)id] = random.Next(1, 30);
                    return new PointInput(PointId.FromNumber((ulong)id), [new NamedVector("", Rows((ulong)id, rows), rows)], PartitionHost.Payload("{}"));
                })]));
            }
        }

        async Task DeleteAsync(ulong[] ids)
        {
            await host.WriteAsync(new DeletePoints(PartitionHost.Ids(ids)));
            foreach (ulong id in ids)
            {
                model.Remove(id);
            }
        }

        void Check(PartitionHost partition)
        {
            IReadOnlyList<PointRecord> records = partition.Partition.Get([.. model.Keys.Select(PointId.FromNumber)], PointProjection.Everything);
            Assert.Equal(model.Count, records.Count);
            Assert.All(records, record => Assert.Equal(Rows(record.Id.Number, model[record.Id.Number]), record.Vectors![0].Values.ToArray()));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Runs_are_disjoint_and_lose_no_row(int seed)
    {
        Random random = new(seed);
        FreeRuns free = new();
        bool[] used = new bool[5000];
        uint end = 0;
        List<(uint First, uint Count)> taken = [];
        for (int step = 0; step < 5000; step++)
        {
            if (random.Next(2) == 0 || taken.Count == 0)
            {
                uint count = (uint)random.Next(1, 20);
                if (!free.TryTake(count, out uint first))
                {
                    first = end;
                    end += count;
                    if (end > used.Length)
                    {
                        break;
                    }
                }

                for (uint row = first; row < first + count; row++)
                {
                    Assert.False(used[row], $"seed {seed}, step {step}: row {row} belongs to two");
                    used[row] = true;
                }

                taken.Add((first, count));
            }
            else
            {
                int at = random.Next(taken.Count);
                (uint first, uint count) = taken[at];
                taken.RemoveAt(at);
                Array.Clear(used, (int)first, (int)count);
                free.Add(first, count);
            }

            if (step % 100 == 0)
            {
                end = free.Coalesce(end, []);
            }

            Assert.Equal(end, free.Rows + used.Count(isUsed => isUsed));
        }
    }

    private static float[] Rows(ulong id, int rows) => [.. Enumerable.Range(0, rows).SelectMany(row => PartitionHost.Vector(id + (row * 0.1f), Dim))];

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (long started = Environment.TickCount64; !holds(); await Task.Delay(5))
        {
            Assert.True(Environment.TickCount64 - started < 30_000, "no memory is given back");
        }
    }
}
