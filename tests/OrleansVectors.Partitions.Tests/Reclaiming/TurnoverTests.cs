using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Partitions.Tests.Reclaiming;

public sealed class TurnoverTests
{
    private const int Turnovers = 10;
    private const double BloatMax = 1.3;

    // What is not worth moving, over rows, payloads and vectors.
    private const long SmallBytes = 5L << 20;

    [Theory]
    [InlineData(Churn.RandomReplacement, 1)]
    [InlineData(Churn.SlidingWindow, 2)]
    [InlineData(Churn.ClusterDeletion, 3)]
    [InlineData(Churn.DeleteAllRefill, 4)]
    [InlineData(Churn.HotKey, 5)]
    public async Task Ten_turnovers_with_readers_and_kills_leave_what_was_written_in_no_more_room(Churn churn, int seed)
    {
        const int Points = 3000;
        TempFolder folder = new();
        PartitionOptions options = PartitionHost.Options with { PointsMax = Points + 10, CheckpointLogBytes = 400_000 };
        ChurnModel model = new(Points, seed);
        PartitionHost host = new(folder.Path, options: options);
        try
        {
            await model.FillAsync(host);
            for (int turnover = 0; turnover < Turnovers; turnover++)
            {
                using CancellationTokenSource stop = new();
                Task<string?>[] readers = [.. Enumerable.Range(0, 2).Select(reader => Task.Run(() => ReadUntil(host, reader, stop.Token)))];
                await model.TurnOverAsync(host, churn);
                await stop.CancelAsync();
                Assert.All(await Task.WhenAll(readers), Assert.Null);
                model.CheckAll(host);
                if (turnover % 3 == 1)
                {
                    // A kill: the folder as it lies there, opened again.
                    TempFolder copy = folder.Copy();
                    await host.Partition.AbandonAsync();
                    await host.DisposeAsync();
                    folder.Dispose();
                    folder = copy;
                    host = new PartitionHost(folder.Path, options: options);
                    model.CheckAll(host);
                }
            }

            await WaitUntilSmallAsync(host, model);
            await host.WaitForIndexingAsync();
            model.CheckAll(host);
            model.CheckRecall(host);
            await host.Partition.CheckpointAsync();
            await host.DisposeAsync();
            host = new PartitionHost(folder.Path, options: options);
            model.CheckAll(host);
        }
        finally
        {
            await host.DisposeAsync();
            folder.Dispose();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task Memory_and_disk_go_back_after_nine_tenths_are_deleted(int links)
    {
        const int Points = 30_000;
        using TempFolder folder = new();
        PartitionOptions options = PartitionHost.Options with { PointsMax = 1 << 18 };
        ChurnModel model = new(Points, seed: 7);
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(PartitionHost.Field(0, "", m: links)), options);
        await model.FillAsync(host);
        await host.WaitForIndexingAsync();
        await host.Partition.CheckpointAsync();
        long full = host.Partition.Statistics.SegmentBytes;

        await model.DeleteShareAsync(host, 0.9);
        await WaitUntilSmallAsync(host, model);
        model.CheckAll(host);
        Assert.True(host.Partition.Statistics.Rows < Points / 5, $"{host.Partition.Statistics.Rows} rows are left");
        await host.WaitForIndexingAsync();
        await host.Partition.CheckpointAsync();
        await host.Partition.CheckpointAsync();
        long left = host.Partition.Statistics.SegmentBytes;
        Assert.True(left < (full / 5) + (9L << 20), $"{left} bytes of {full} are left");

        using TempFolder copy = folder.Copy();
        await using PartitionHost reopened = new(copy.Path, PartitionHost.SchemaOf(PartitionHost.Field(0, "", m: links)), options);
        model.CheckAll(reopened);
        model.CheckRecall(reopened);
        await model.FillAsync(reopened);
        model.CheckAll(reopened);
    }

    [Fact]
    public async Task A_point_that_is_moved_keeps_its_version_payload_and_vector()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path);
        await host.FillAsync(0, 3000);
        await host.WriteAsync(new UpsertPoints([new PointInput(
            PointId.FromNumber(3000), [new NamedVector("", PartitionHost.Vector(3000))], PartitionHost.Payload("{}"))]));
        ulong last = host.Partition.Statistics.LastSequence;
        await host.WriteAsync(new DeletePoints(PartitionHost.Ids([.. Enumerable.Range(0, 2900).Select(id => (ulong)id)])));
        while (host.Partition.Statistics.Rows > 1024)
        {
            Assert.Null(host.Partition.Statistics.SpaceFailure);
            await Task.Delay(5);
        }

        host.CheckFilled(2900, 100);
        Check(host);
        using TempFolder copy = folder.Copy();
        await using PartitionHost reopened = new(copy.Path);
        Check(reopened);
        await reopened.WriteAsync(new SetPayload(PartitionHost.Ids(3000), PartitionHost.Payload("""{"a":1}""")));
        Assert.Equal("""{"a":1}""", reopened.Partition.Get([PointId.FromNumber(3000)], PointProjection.Everything)[0].Payload!.ToString());

        void Check(PartitionHost partition)
        {
            IReadOnlyList<PointRecord> records = partition.Partition.Get([PointId.FromNumber(2999), PointId.FromNumber(3000)], PointProjection.Everything);
            Assert.Equal([last - 1, last], records.Select(record => record.Version));
            Assert.Equal("{}", records[1].Payload!.ToString());
        }
    }

    private static async Task WaitUntilSmallAsync(PartitionHost host, ChurnModel model)
    {
        long allowed = (long)(model.NeededBytes * BloatMax) + SmallBytes;
        long started = Environment.TickCount64;
        while (host.Partition.Statistics is { } now && (now.DataBytes > allowed || now.Rows > (model.Count * BloatMax) + 1024))
        {
            Assert.Null(now.SpaceFailure ?? now.WriteFailure ?? now.IndexingFailure ?? now.CheckpointFailure);
            Assert.True(
                Environment.TickCount64 - started < 60_000,
                $"{now.DataBytes} bytes in {now.Rows} rows, {now.EndedVersions} of them ended; {model.Count} points may take {allowed}");
            await Task.Delay(10);
        }
    }

    // What a reader may never see, whatever is written meanwhile: an id twice, a payload of another id, an order that is none.
    private static string? ReadUntil(PartitionHost host, int reader, CancellationToken stop)
    {
        Random random = new(reader);
        while (!stop.IsCancellationRequested)
        {
            IReadOnlyList<PointRecord> points = random.Next(3) switch
            {
                0 => host.Partition.Scroll(
                    new ScrollRequest { Limit = 500, From = PointId.FromNumber((ulong)random.Next(5000)), Projection = PointProjection.Everything },
                    CancellationToken.None).Points,
                1 => [.. host.Search(random.Next(9000), 20).Select(hit => hit.Point)],
                _ => [.. host.Search(random.Next(9000), 20, exact: true).Select(hit => hit.Point)],
            };
            if (points.Select(point => point.Id).Distinct().Count() != points.Count)
            {
                return "an id was seen twice";
            }

            PointRecord? mixed = points.FirstOrDefault(point => !point.Payload!.ToString().Contains($"\"id\":{point.Id},", StringComparison.Ordinal));
            if (mixed is not null)
            {
                return $"point {mixed.Id} has the payload {mixed.Payload}";
            }
        }

        return null;
    }
}
