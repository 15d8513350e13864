using OrleansVectors.Partitions.Errors;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Partitions.Tests.Recovery;

public sealed class LogHealingTests
{
    private readonly FailingLogFiles _disk = new();

    private PartitionOptions Options => new() { Logs = new LocalLogs(_disk), PointsMax = 1 << 16 };

    [Theory]
    [InlineData(FailingLogFiles.InputOutputError, 0)]
    [InlineData(0, FailingLogFiles.InputOutputError)]
    [InlineData(FailingLogFiles.ReadOnly, 0)]
    [InlineData(FailingLogFiles.ReadOnly, FailingLogFiles.ReadOnly)]
    public async Task Writes_fail_while_the_disk_does_and_reads_go_on_and_all_heals_without_a_reopening(int writeError, int flushError)
    {
        using TempFolder folder = new();
        await using (PartitionHost host = new(folder.Path, options: Options))
        {
            await host.FillAsync(1, 100);
            (_disk.WriteError, _disk.FlushError) = (writeError, flushError);
            PartitionFailedException first = await Assert.ThrowsAsync<PartitionFailedException>(() => host.FillAsync(101, 10));
            Assert.Contains("whether the write is stored shows", first.Message, StringComparison.Ordinal);
            PartitionFailedException second = await Assert.ThrowsAsync<PartitionFailedException>(() => host.FillAsync(201, 10));
            Assert.Contains("nothing of the write was stored", second.Message, StringComparison.Ordinal);
            host.CheckFilled(1, 100);
            Assert.NotNull(host.Partition.Statistics.WriteFailure);

            await Task.Delay(500); // some attempts to heal that fail
            Assert.NotNull(host.Partition.Statistics.WriteFailure);
            (_disk.WriteError, _disk.FlushError) = (0, 0);
            await WaitUntilHealedAsync(host);
            await host.FillAsync(301, 50);
            host.CheckFilled(1, 100);
            host.CheckFilled(301, 50);
            Assert.Empty(host.Partition.Get([PointId.FromNumber(201)], Reading.PointProjection.Everything));
        }

        await using PartitionHost again = new(folder.Path, options: Options);
        again.CheckFilled(1, 100);
        again.CheckFilled(301, 50);
    }

    [Fact]
    public async Task What_survived_of_writes_whose_outcome_was_unknown_is_the_same_before_and_after_a_reopening()
    {
        for (int round = 0; round < 10; round++)
        {
            using TempFolder folder = new();
            long points;
            await using (PartitionHost host = new(folder.Path, options: Options))
            {
                await host.FillAsync(1, 20);
                _disk.FlushError = FailingLogFiles.InputOutputError;
                Task[] doubtful = [.. Enumerable.Range(1, 5).Select(batch => host.FillAsync(batch * 100, 10))];
                foreach (Task write in doubtful)
                {
                    await Assert.ThrowsAsync<PartitionFailedException>(() => write);
                }

                _disk.FlushError = 0;
                await WaitUntilHealedAsync(host);
                await host.FillAsync(1000, 10);
                points = host.Partition.Count(null, CancellationToken.None);
                Assert.Equal(0, points % 10); // whole batches
                await host.Partition.AbandonAsync();
            }

            await using PartitionHost again = new(folder.Path, options: Options);
            Assert.Equal(points, again.Partition.Count(null, CancellationToken.None));
            again.CheckFilled(1000, 10);
        }
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_alone_and_takes_them_as_soon_as_there_is_room()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, options: Options);
        await host.FillAsync(1, 100);
        _disk.WriteError = FailingLogFiles.NoSpace;
        await Assert.ThrowsAsync<DiskFullException>(() => host.FillAsync(101, 10));
        host.CheckFilled(1, 100);
        _disk.WriteError = 0;
        await host.FillAsync(101, 10);
        host.CheckFilled(1, 110);
    }

    private static async Task WaitUntilHealedAsync(PartitionHost host)
    {
        for (int i = 0; host.Partition.Statistics.WriteFailure is { } failure; i++)
        {
            Assert.True(i < 500, failure);
            await Task.Delay(10);
        }
    }
}
