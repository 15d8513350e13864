using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Rows;

namespace OrleansVectors.Partitions.Tests.Reclaiming;

public sealed class RoomTests
{
    private const int Points = 500;

    // With so few points the ordinals reserved are mostly those of one batch beyond twice the points.
    private static readonly PartitionOptions Options = PartitionHost.Options with { PointsMax = Points, ReclaimingWaitMax = TimeSpan.FromMilliseconds(100) };

    [Fact]
    public async Task A_reader_that_stays_stops_writes_with_a_reason_and_they_go_on_when_it_has_left()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(PartitionHost.Field(0, "", m: 0)), Options);
        int pass = host.Partition.State.Gate.Enter();
        ReclaimingBacklogException refusal = await Assert.ThrowsAsync<ReclaimingBacklogException>(async () =>
        {
            for (int round = 0; round < 400; round++)
            {
                await host.FillAsync(0, Points);
            }
        });
        Assert.Contains("try again later", refusal.Message, StringComparison.Ordinal);
        Assert.Null(host.Partition.Statistics.WriteFailure);
        host.CheckFilled(0, Points);

        // Deletions need no room.
        await host.WriteAsync(new DeletePoints(PartitionHost.Ids(0)));
        host.Partition.State.Gate.Exit(pass);
        for (int tries = 0; ; tries++)
        {
            try
            {
                await host.FillAsync(0, Points);
                break;
            }
            catch (ReclaimingBacklogException) when (tries < 100)
            {
            }
        }

        host.CheckFilled(0, Points);
        using TempFolder crashed = folder.Copy();
        await using PartitionHost reopened = new(crashed.Path, host.Schema, Options);
        reopened.CheckFilled(0, Points);
    }

    [Fact]
    public async Task A_replay_of_more_versions_than_there_are_ordinals_gives_an_index_up_rather_than_fail()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, options: Options);
        for (int round = 0; round < 200; round++)
        {
            await host.FillAsync(0, Points);
        }

        await host.WaitForIndexingAsync();
        await host.Partition.CheckpointAsync();
        for (int round = 0; round < 200; round++)
        {
            await host.FillAsync(0, Points);
        }

        using TempFolder crashed = folder.Copy();
        await using PartitionHost reopened = new(crashed.Path, host.Schema, Options);
        reopened.CheckFilled(0, Points);
        await reopened.FillAsync(0, Points);
        reopened.CheckFilled(0, Points);
    }

    [Theory]
    [InlineData(0, 100_000)]
    [InlineData(4, 20_000)]
    public async Task A_hot_key_has_exactly_one_version_at_any_moment_and_takes_bounded_room(int links, int upserts)
    {
        const int Bystanders = 200;
        const int AtOnce = 128;
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(PartitionHost.Field(0, "", m: links)));
        await host.FillAsync(0, Bystanders + 1);
        using CancellationTokenSource stop = new();
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadHot(host, Bystanders, stop.Token)))];
        long mostRows = 0;
        for (int generation = 1; generation <= upserts; generation += AtOnce)
        {
            int from = generation;
            await Task.WhenAll(Enumerable.Range(from, AtOnce).Select(value => host.WriteAsync(new UpsertPoints(
                [PartitionHost.Point(Bystanders, 1000 + (value % 100), $$"""{"n":{{value}}}""")]))));
            mostRows = Math.Max(mostRows, host.Partition.Statistics.Rows);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.True(links > 0 || mostRows < upserts / 2, $"{mostRows} rows were in use for {Bystanders + 1} points");
        for (long started = Environment.TickCount64; host.Partition.Statistics.Rows > 2048; await Task.Delay(5))
        {
            Assert.True(Environment.TickCount64 - started < 30_000, $"{host.Partition.Statistics.Rows} rows stay in use, {mostRows} were at most");
        }

        host.CheckFilled(0, Bystanders);
        Assert.Equal(Bystanders + 1, host.Partition.Count(null, CancellationToken.None));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(4, 2)]
    public async Task What_is_free_is_never_shown_whatever_it_holds(int links, int seed)
    {
        const int Crowd = 400;
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(PartitionHost.Field(0, "", m: links)));
        PartitionState state = host.Partition.State;
        float[] poison = PartitionHost.Vector(-5000);
        int freed = 0;
        state.OrdinalFreed = Spoil;
        await host.FillAsync(0, Crowd);
        using CancellationTokenSource stop = new();
        Task[] readers = [.. Enumerable.Range(0, 2).Select(reader => Task.Run(() =>
        {
            for (; !stop.IsCancellationRequested; Thread.Sleep(1)) // indexing gives way to searches
            {
                // The nearest by far, if it were there.
                Assert.DoesNotContain(host.Search(-5000, 5, exact: reader == 0), hit => hit.Point.Vectors![0].Values.Span.SequenceEqual(poison));
                Assert.All(host.Partition.Get([.. Enumerable.Range(0, Crowd).Select(id => PointId.FromNumber((ulong)id))], Reading.PointProjection.Everything), record =>
                {
                    Assert.Equal($$"""{"n":{{record.Id}}}""", record.Payload!.ToString());
                    Assert.Equal(PartitionHost.Vector(record.Id.Number), record.Vectors![0].Values.ToArray());
                });
            }
        }))];
        Random random = new(seed);
        long started = Environment.TickCount64;
        for (int round = 0; round < 300 || (Volatile.Read(ref freed) < 1000 && Environment.TickCount64 - started < 60_000); round++)
        {
            int from = random.Next(Crowd - 50);
            if (random.Next(3) == 0)
            {
                await host.WriteAsync(new DeletePoints(PartitionHost.Ids([.. Enumerable.Range(from, 50).Select(id => (ulong)id)])));
            }

            await host.FillAsync(from, 50);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        await host.FillAsync(0, Crowd);
        host.CheckFilled(0, Crowd);
        Assert.True(freed >= 1000, $"seed {seed}: {freed} ordinals became free");

        unsafe void Spoil(uint ordinal)
        {
            state.Fields[0].Rows.Write(ordinal, poison);
            PointRow* row = state.Table.Rows + ordinal;
            row->IdLow = ulong.MaxValue;
            row->Payload = long.MaxValue;
            Interlocked.Increment(ref freed);
        }
    }

    private static void ReadHot(PartitionHost host, int hot, CancellationToken stop)
    {
        ulong version = 0;
        for (; !stop.IsCancellationRequested; Thread.Sleep(1)) // indexing gives way to searches
        {
            Reading.PointRecord record = Assert.Single(host.Partition.Get([PointId.FromNumber((ulong)hot)], Reading.PointProjection.Everything));
            Assert.True(record.Version >= version, "a reader went back in time");
            version = record.Version;
            Assert.Equal(hot + 1, host.Partition.Count(null, CancellationToken.None));
            Assert.Single(host.Search(1050, 10, exact: true), hit => hit.Point.Id.Number == (ulong)hot);
        }
    }
}
