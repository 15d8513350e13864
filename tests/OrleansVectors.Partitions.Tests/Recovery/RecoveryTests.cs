using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Vectors;
using OrleansVectors.Partitions.Writing;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Partitions.Tests.Recovery;

public sealed class RecoveryTests
{
    [Fact]
    public async Task Reopening_replays_only_what_came_after_the_last_checkpoint()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path);
        await host.FillAsync(0, 700);
        await host.Partition.CheckpointAsync();
        await host.FillAsync(700, 50);
        await host.FillAsync(750, 50);

        using TempFolder crashed = folder.Copy();
        await using PartitionHost reopened = new(crashed.Path);
        Assert.Equal(1ul, reopened.Partition.Recovery.CheckpointSequence);
        Assert.Equal(2, reopened.Partition.Recovery.Replayed);
        Assert.Empty(reopened.Partition.Recovery.DamagedManifests);
        reopened.CheckFilled(0, 800);
    }

    [Fact]
    public async Task After_an_orderly_close_nothing_is_replayed()
    {
        using TempFolder folder = new();
        await using (PartitionHost host = new(folder.Path))
        {
            await host.FillAsync(0, 900);
            await host.WaitForIndexingAsync();
        }

        await using PartitionHost reopened = new(folder.Path);
        Assert.Equal(0, reopened.Partition.Recovery.Replayed);
        reopened.CheckFilled(0, 900);
        await reopened.WaitForIndexingAsync();
        Assert.Equal(900, reopened.Partition.Statistics.IndexedVectors);
    }

    [Theory]
    [InlineData(1_100, 0)]
    [InlineData(2_300, 30_000)] // 69 MB of log: another checkpoint is being written when indexing comes to rest
    public async Task What_was_indexed_last_is_stored_when_nothing_more_comes(int points, int payloadChars)
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path);
        await host.FillAsync(0, 15_000);
        await host.WaitForIndexingAsync();
        await host.Partition.CheckpointAsync();
        string payload = $$"""{"text":"{{new string('x', payloadChars)}}"}""";
        await host.WriteAsync(new UpsertPoints([.. Enumerable.Range(15_000, points).Select(id => PartitionHost.Point((ulong)id, id, payload))]));
        await host.WaitForIndexingAsync();

        VectorIndex index = host.Partition.State.Fields[0].Index!;
        long until = Environment.TickCount64 + 60_000;
        while (index.InsertionsAtCheckpoint < index.Insertions && Environment.TickCount64 < until)
        {
            await Task.Delay(50);
        }

        Assert.Equal(15_000 + points, index.InsertionsAtCheckpoint);
        Assert.Null(host.Partition.Statistics.CheckpointFailure);
    }

    [Theory]
    [InlineData("rows")]
    [InlineData("ids")]
    [InlineData("presence-0")]
    public async Task Damage_in_what_leads_elsewhere_refuses_to_open_and_names_the_file(string region)
    {
        using TempFolder folder = new();
        string path = await FillAndDamageAsync(folder, region, at: 300);
        SegmentDamagedException damage = Assert.Throws<SegmentDamagedException>(() => new PartitionHost(folder.Path));
        Assert.Equal(path, damage.File);
    }

    [Theory]
    [InlineData("vectors-0")]
    [InlineData("payloads")]
    public async Task Damage_in_vectors_or_payloads_soon_refuses_every_answer_and_names_the_file(string region)
    {
        using TempFolder folder = new();
        string path = await FillAndDamageAsync(folder, region, at: 8000);
        await using PartitionHost host = new(folder.Path);
        PartitionFailedException refusal = await FailureOfAsync(host);
        Assert.Contains(path, refusal!.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PartitionFailedException>(() => host.FillAsync(0, 1));
        await Assert.ThrowsAsync<PartitionFailedException>(host.Partition.CheckpointAsync);
        await Assert.ThrowsAsync<PartitionFailedException>(() => host.ChangeSchemaAsync(PartitionHost.Field(1, "other")));
    }

    [Theory]
    [InlineData("vectors-0")]
    [InlineData("payloads")]
    public async Task Damage_is_never_covered_by_the_checksum_of_a_new_checkpoint(string region)
    {
        using TempFolder folder = new();
        await FillAndDamageAsync(folder, region, at: 8000);
        for (int round = 0; round < 5; round++)
        {
            await using PartitionHost hasty = new(folder.Path);
            try
            {
                // The chunk that new rows share with the damaged ones is written again by the checkpoint of the closing.
                await hasty.FillAsync(5000 + round, 1);
            }
            catch (PartitionFailedException)
            {
                // The damage was found first.
            }
        }

        await using PartitionHost host = new(folder.Path);
        await FailureOfAsync(host);
    }

    [Theory]
    [InlineData("graph-0-lowest")]
    [InlineData("graph-0-headers")]
    [InlineData("graph-0-upper")]
    public async Task A_damaged_graph_is_built_again_and_searches_stay_right(string region)
    {
        using TempFolder folder = new();
        await FillAndDamageAsync(folder, region, at: 16);
        await using PartitionHost host = new(folder.Path);
        host.CheckFilled(0, 900);
        for (int value = 0; value < 900; value += 30)
        {
            Assert.Equal((ulong)value, host.Search(value, 1)[0].Point.Id.Number);
        }

        while (host.Partition.Statistics.IndexedVectors != 900 || host.Partition.Statistics.IndexingPending)
        {
            await Task.Delay(5);
        }

        host.CheckFilled(0, 900);
        await host.Partition.CheckpointAsync();
        Assert.Null(host.Partition.Statistics.CheckpointFailure);
    }

    [Fact]
    public async Task A_damaged_newest_manifest_is_reported_and_an_older_one_with_more_log_takes_its_place()
    {
        using TempFolder folder = new();
        await using (PartitionHost host = new(folder.Path))
        {
            await host.FillAsync(0, 100);
            await host.Partition.CheckpointAsync();
            await host.FillAsync(100, 100);
        }

        new StoredFiles(folder.Path).FlipManifest();
        await using (PartitionHost host = new(folder.Path))
        {
            Assert.Equal(1ul, host.Partition.Recovery.CheckpointSequence);
            Assert.Equal(1, host.Partition.Recovery.Replayed);
            Assert.Single(host.Partition.Recovery.DamagedManifests);
            host.CheckFilled(0, 200);
            await host.FillAsync(200, 10);
        }

        await using PartitionHost again = new(folder.Path);
        Assert.Empty(again.Partition.Recovery.DamagedManifests);
        again.CheckFilled(0, 210);
    }

    [Fact]
    public async Task Superseded_segment_files_are_deleted_as_checkpoints_go_on()
    {
        using TempFolder folder = new();
        await using (PartitionHost host = new(folder.Path))
        {
            await host.FillAsync(0, 2000);
            await host.WaitForIndexingAsync();
            await host.Partition.CheckpointAsync();
            for (int round = 0; round < 40; round++)
            {
                await host.WriteAsync(new SetPayload(PartitionHost.Ids(1), PartitionHost.Payload($$"""{"round":{{round}}}""")));
                await host.Partition.CheckpointAsync();
            }
        }

        StoredFiles files = new(folder.Path);
        long once = 2000 * (48 + 4 + 64 + 1 + 128 + 64 + 50);
        Assert.True(files.SegmentBytes < 6 * once, $"{files.SegmentBytes} bytes of segments for about {once} bytes of data");
    }

    [Fact]
    public async Task The_id_map_may_grow_while_a_checkpoint_copies_the_old_one()
    {
        using TempFolder folder = new();
        PartitionOptions options = PartitionHost.Options with { PointsMax = 1 << 18 };
        await using (PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(), options))
        {
            using CancellationTokenSource stop = new();
            Task checkpoints = Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    await host.Partition.CheckpointAsync();
                }
            });
            for (int from = 0; from < 100_000; from += 500)
            {
                await host.WriteAsync(new UpsertPoints([.. Enumerable.Range(from, 500)
                    .Select(id => new PointInput(PointId.FromNumber((ulong)id), [], PayloadDocument.Empty))]));
            }

            await stop.CancelAsync();
            await checkpoints;
        }

        await using PartitionHost reopened = new(folder.Path, PartitionHost.SchemaOf(), options);
        Assert.Equal(0, reopened.Partition.Recovery.Replayed);
        Assert.Empty(reopened.Partition.Missing([.. Enumerable.Range(0, 100_000).Select(id => PointId.FromNumber((ulong)id))]));
    }

    [Fact]
    public async Task Closing_while_checkpoints_writes_and_reads_run_frees_nothing_that_is_still_used()
    {
        for (int round = 0; round < 10; round++)
        {
            using TempFolder folder = new();
            PartitionHost host = new(folder.Path, options: PartitionHost.Options with { CheckpointLogBytes = 1000 });
            await host.FillAsync(0, 1000);
            Task[] users =
            [
                .. Enumerable.Range(0, 2).Select(_ => UntilClosedAsync(() => host.FillAsync(1000, 10))),
                .. Enumerable.Range(0, 2).Select(_ => UntilClosedAsync(() => Task.FromResult(host.Search(500, 10)))),
                UntilClosedAsync(host.Partition.CheckpointAsync),
            ];
            await Task.Delay(30);
            await Task.WhenAll(Task.Run(async () => await host.Partition.DisposeAsync()), Task.Run(async () => await host.Partition.DisposeAsync()));
            await Task.WhenAll(users);
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_full_partition_refuses_cleanly_and_a_replay_refuses_the_same()
    {
        using TempFolder folder = new();
        PartitionOptions options = PartitionHost.Options with { PointsMax = 100 };
        await using PartitionHost host = new(folder.Path, options: options);
        await host.FillAsync(0, 90);
        OperationRefusal? refusal = (await host.FillAsync(90, 11)).Refusal;
        Assert.True(refusal?.IsFull);
        Assert.Contains("full", refusal!.Message, StringComparison.Ordinal);
        Assert.Null((await host.FillAsync(90, 10)).Refusal);
        Assert.NotNull((await host.FillAsync(100, 1)).Refusal);
        Assert.Null((await host.FillAsync(0, 100)).Refusal);
        Assert.Null((await host.WriteAsync(new DeletePoints(PartitionHost.Ids(5)))).Refusal);
        Assert.Null((await host.WriteAsync(new SetPayload(PartitionHost.Ids(7), PartitionHost.Payload("""{"n":7}""")))).Refusal);

        using TempFolder crashed = folder.Copy();
        await using PartitionHost reopened = new(crashed.Path, options: options);
        Assert.Equal(99, reopened.Partition.Count(null, CancellationToken.None));
        reopened.CheckFilled(6, 94);
    }

    [Fact]
    public async Task A_bound_on_points_below_what_is_stored_is_refused_in_words()
    {
        using TempFolder folder = new();
        await using (PartitionHost host = new(folder.Path))
        {
            await host.FillAsync(0, 90);
        }

        PartitionFailedException refusal = Assert.Throws<PartitionFailedException>(
            () => new PartitionHost(folder.Path, options: PartitionHost.Options with { PointsMax = 50 }));
        Assert.Contains("90 points", refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_twenty_thousand_points_after_an_orderly_close_replays_nothing()
    {
        using TempFolder empty = new();
        using TempFolder full = new();
        Schemas.PartitionSchema schema = PartitionHost.SchemaOf(PartitionHost.Field(0, "", dim: 128, graphFromBytes: 1L << 40));
        await using (PartitionHost host = new(full.Path, schema))
        {
            for (int from = 0; from < 20_000; from += 1000)
            {
                await host.WriteAsync(new UpsertPoints([.. Enumerable.Range(from, 1000).Select(id => new PointInput(
                    PointId.FromNumber((ulong)id), [new NamedVector("", PartitionHost.Vector(id, 128))], PartitionHost.Payload("""{"a":"b"}""")))]));
            }
        }

        await using (PartitionHost host = new(empty.Path, schema))
        {
            await host.WriteAsync(new DeletePoints(PartitionHost.Ids(1)));
        }

        (double emptyMs, _) = await OpenAsync(empty.Path, schema);
        (double fullMs, long replayed) = await OpenAsync(full.Path, schema);
        Assert.Equal(0, replayed);
        TestContext.Current.TestOutputHelper?.WriteLine($"opening: empty {emptyMs:F2} ms, 20,000 x 128 {fullMs:F2} ms");
    }

    private static async Task<(double Ms, long Replayed)> OpenAsync(string folder, Schemas.PartitionSchema schema)
    {
        List<double> times = [];
        long replayed = 0;
        for (int round = 0; round < 5; round++)
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            await using PartitionHost host = new(folder, schema);
            times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            replayed += host.Partition.Recovery.Replayed;
        }

        return (times.Order().ElementAt(2), replayed);
    }

    private static async Task<string> FillAndDamageAsync(TempFolder folder, string region, int at)
    {
        await using (PartitionHost host = new(folder.Path))
        {
            await host.FillAsync(0, 900);
            await host.WaitForIndexingAsync();
        }

        return new StoredFiles(folder.Path).Flip(region, at);
    }

    private static async Task<PartitionFailedException> FailureOfAsync(PartitionHost host)
    {
        for (int wait = 0; wait < 2000; wait++)
        {
            try
            {
                host.Partition.Missing([]);
            }
            catch (PartitionFailedException refusal)
            {
                return refusal;
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("the damage was not found");
    }

    private static async Task UntilClosedAsync(Func<Task> use)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                await use();
                await Task.Yield();
            }
        }
        catch (PartitionClosedException)
        {
            // What every use of a closed partition ends with.
        }
    }
}
