using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log;

/// <summary>What every kind of log promises, through the interfaces that a partition knows.</summary>
public abstract class OperationLogConformance : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    /// <summary>Where the logs are.</summary>
    protected abstract ILogStore Store { get; }

    public virtual void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private IOperationLog Open(LogOptions? options = null, string name = "c1/p1") => Store.Open(name, _folder[name], options ?? new LogOptions());

    [Fact]
    public void A_new_log_is_empty_and_starts_at_one()
    {
        using IOperationLog log = Open();
        Assert.Equal(LogSequence.None, log.LastSequence);
        Assert.Equal(new LogSequence(1), log.FirstSequence);
        Assert.Equal(new Epoch(1), log.Epoch);
        Assert.Empty(log.ReadFrom(new LogSequence(1)));
        Assert.Null(log.Cut);
        Assert.Equal(0, log.TailBytes(new LogSequence(1)));
    }

    [Fact]
    public async Task A_new_log_can_start_later_and_its_epoch_follows_one_known_elsewhere()
    {
        LogOptions options = new() { FirstSequence = new LogSequence(501), EpochAfter = new Epoch(7) };
        using (IOperationLog log = Open(options))
        {
            Assert.Equal(new LogSequence(500), log.LastSequence);
            Assert.Equal(new LogSequence(501), log.FirstSequence);
            Assert.Equal(new Epoch(8), log.Epoch);
            Assert.Equal(new LogSequence(501), await log.AppendNextAsync());
            Assert.Equal(1, log.Verify(from: 501));
        }

        // The first sequence concerns new logs alone.
        using IOperationLog again = Open(options with { FirstSequence = new LogSequence(9), EpochAfter = new Epoch(3) });
        Assert.Equal(new LogSequence(501), again.LastSequence);
        Assert.Equal(new Epoch(9), again.Epoch);
    }

    [Fact]
    public async Task Groups_come_back_in_order_after_reopening_under_a_greater_epoch()
    {
        for (int round = 1; round <= 6; round++)
        {
            using IOperationLog log = Open();
            Assert.Equal(new LogSequence((ulong)(round - 1) * 9), log.LastSequence);
            Assert.Equal(new Epoch((ulong)round), log.Epoch);
            await log.AppendNextAsync(count: 1);
            await log.AppendNextAsync(count: 5);
            Assert.Equal(new LogSequence((ulong)round * 9), await log.AppendNextAsync(count: 3));
            Assert.Equal(round * 9, log.Verify());
        }

        using IOperationLog last = Open();
        Assert.Equal(
            Enumerable.Range(1, 6).SelectMany(round => Enumerable.Repeat(new Epoch((ulong)round), 9)),
            last.ReadFrom(new LogSequence(1)).Select(record => record.Epoch));
    }

    [Fact]
    public async Task Operations_of_all_sizes_make_the_round_trip()
    {
        int[] sizes = [1, 2, 7, 1999, 2000, 2048, 8191, 8192, 65_535, 65_536, 1 << 20, (3 << 20) + 1, 5, 4 << 20, 9 << 20, 1];
        ReadOnlyMemory<byte>[] operations = [.. sizes.Select(size =>
        {
            byte[] bytes = new byte[size];
            new Random(size).NextBytes(bytes);
            return (ReadOnlyMemory<byte>)bytes;
        })];
        using (IOperationLog log = Open())
        {
            await log.AppendGroupAsync(operations);
            foreach (ReadOnlyMemory<byte> operation in operations)
            {
                await log.AppendGroupAsync(new[] { operation });
            }
        }

        using IOperationLog again = Open();
        int at = 0;
        foreach (LogRecord record in again.ReadFrom(new LogSequence(1)))
        {
            Assert.True(record.Operation.Span.SequenceEqual(operations[at % operations.Length].Span), $"operation {record.Sequence} has other bytes");
            at++;
        }

        Assert.Equal(2 * operations.Length, at);
    }

    [Fact]
    public async Task A_log_of_many_operations_is_read_from_any_of_them()
    {
        using IOperationLog log = Open();
        for (int i = 0; i < 5; i++)
        {
            await log.AppendNextAsync(count: 1024);
        }

        Assert.Equal(5120, log.Verify());
        foreach (ulong from in new ulong[] { 2, 999, 1000, 1001, 1002, 3000, 5119, 5120, 5121 })
        {
            Assert.Equal(5121 - (int)from, log.Verify(from));
        }
    }

    [Fact]
    public async Task Reading_past_the_next_operation_is_an_error()
    {
        using IOperationLog log = Open();
        await log.AppendNextAsync(count: 3);
        Assert.Empty(log.ReadFrom(new LogSequence(4)));
        Assert.Throws<LogRangeException>(() => log.ReadFrom(new LogSequence(5)));
        Assert.Throws<LogRangeException>(() => log.ReadFrom(LogSequence.None));
    }

    [Fact]
    public async Task Reading_ends_with_the_last_operation_that_there_was_when_it_began()
    {
        using IOperationLog log = Open();
        await log.AppendNextAsync(count: 3);
        IEnumerable<LogRecord> reading = log.ReadFrom(new LogSequence(1));
        await log.AppendNextAsync(count: 3);
        Assert.Equal(3, reading.Count());
    }

    [Fact]
    public async Task Readers_beside_an_appender_see_whole_operations_without_gaps()
    {
        using IOperationLog log = Open(new LogOptions { Durability = Durability.Os });
        bool done = false;
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            ulong next = 1;
            while (!Volatile.Read(ref done))
            {
                next += (ulong)log.Verify(next, bytesMax: 200);
            }
        }))];
        for (int i = 0; i < 500; i++)
        {
            await log.AppendNextAsync(count: 1 + (i % 4), bytesMax: 200);
        }

        Volatile.Write(ref done, true);
        await Task.WhenAll(readers);
        Assert.Equal(1250, log.Verify(bytesMax: 200));
    }

    [Fact]
    public async Task Operations_of_a_group_have_one_time_and_times_grow_with_groups()
    {
        StandingTime machine = new(Start);
        using IOperationLog log = Open(new LogOptions { Clock = new LogClock(machine) });
        machine.Now += TimeSpan.FromHours(1);
        await log.AppendNextAsync(count: 3);
        Assert.Equal(LogTime.Of(machine.Now), log.LastTime);
        machine.Now -= TimeSpan.FromHours(2);
        await log.AppendNextAsync(count: 2);
        Assert.Equal(LogTime.Of(Start.AddHours(1)).Microseconds + 1, log.LastTime.Microseconds);
        Assert.Equal([3, 2], log.ReadFrom(new LogSequence(1)).GroupBy(record => record.Time).Select(group => group.Count()));
    }

    [Fact]
    public void A_new_log_has_the_time_at_which_it_was_made()
    {
        using IOperationLog log = Open(new LogOptions { Clock = new LogClock(new StandingTime(Start)) });
        Assert.Equal(LogTime.Of(Start), log.LastTime);
    }

    [Fact]
    public async Task Times_do_not_go_back_when_a_machine_with_an_older_clock_opens_the_log()
    {
        LogTime last;
        using (IOperationLog log = Open(new LogOptions { Clock = new LogClock(new StandingTime(Start)) }))
        {
            await log.AppendNextAsync(count: 2);
            last = log.LastTime;
        }

        using IOperationLog again = Open(new LogOptions { Clock = new LogClock(new StandingTime(Start.AddYears(-1))) });
        Assert.Equal(last, again.LastTime);
        await again.AppendNextAsync();
        Assert.True(again.LastTime > last);
        Assert.Equal(3, again.Verify());
    }

    [Fact]
    public async Task Trimming_keeps_what_is_wanted_and_the_end_is_remembered()
    {
        LogTime time;
        using (IOperationLog log = Open())
        {
            await log.AppendNextAsync(count: 50);
            await log.AppendNextAsync(count: 50);
            log.TrimBefore(new LogSequence(31));
            Assert.True(log.FirstSequence <= new LogSequence(31));
            Assert.True(log.Verify(log.FirstSequence.Value) >= 70);
            log.TrimBefore(new LogSequence(1));
            log.TrimBefore(new LogSequence(1_000_000));
            Assert.Equal(new LogSequence(100), log.LastSequence);
            log.Verify(log.FirstSequence.Value);
            time = log.LastTime;
        }

        using IOperationLog again = Open(new LogOptions { FirstSequence = new LogSequence(101) });
        Assert.Equal(new LogSequence(100), again.LastSequence);
        Assert.Equal(time, again.LastTime);
        Assert.Equal(new LogSequence(101), await again.AppendNextAsync());
        again.Verify(again.FirstSequence.Value);
        again.Verify(101);
    }

    [Fact]
    public async Task What_retention_asks_for_stays()
    {
        StandingTime machine = new(Start);
        using IOperationLog log = Open(new LogOptions
        {
            Clock = new LogClock(machine),
            Retention = new LogRetention(TimeSpan.FromMinutes(10), 1 << 20),
        });
        for (int minute = 0; minute < 20; minute++)
        {
            machine.Now += TimeSpan.FromMinutes(1);
            await log.AppendNextAsync(count: 5);
        }

        log.TrimBefore(new LogSequence(100));
        Assert.True(log.FirstSequence.Value <= 51, "minutes 11 to 20 are younger than ten minutes");
        log.Verify(log.FirstSequence.Value);
    }

    [Fact]
    public async Task The_tail_counts_bytes_from_an_operation_to_the_end()
    {
        using (IOperationLog log = Open())
        {
            await FillAsync(log);
            CheckTail(log, roundedUpBy: 80 << 10);
        }

        // Where files of an earlier opening begin is all that is known of them in a folder.
        using IOperationLog again = Open();
        CheckTail(again, roundedUpBy: 256 * 16 * 1024);

        static async Task FillAsync(IOperationLog log)
        {
            ReadOnlyMemory<byte> operation = new byte[16 * 1024];
            for (int i = 0; i < 64; i++)
            {
                await log.AppendGroupAsync(new[] { operation, operation, operation, operation });
            }
        }

        static void CheckTail(IOperationLog log, long roundedUpBy)
        {
            for (ulong from = 1; from <= 256; from++)
            {
                long least = (257 - (long)from) * 16 * 1024;
                Assert.InRange(log.TailBytes(new LogSequence(from)), least, (least * 102 / 100) + roundedUpBy);
            }

            Assert.Equal(0, log.TailBytes(new LogSequence(257)));
        }
    }

    [Fact]
    public async Task Empty_groups_empty_operations_and_oversized_ones_are_refused_before_anything_is_written()
    {
        using IOperationLog log = Open();
        await log.AppendNextAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendGroupAsync(Array.Empty<ReadOnlyMemory<byte>>()).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendGroupAsync(new ReadOnlyMemory<byte>[] { new byte[1], default }).AsTask());
        byte[] large = new byte[LogLimits.OperationBytesMax + 1];
        OperationTooLargeException error = await Assert.ThrowsAsync<OperationTooLargeException>(
            () => log.AppendGroupAsync(new ReadOnlyMemory<byte>[] { new byte[1], large }).AsTask());
        Assert.Equal(nameof(LogLimits.OperationBytesMax), error.Limit);

        ReadOnlyMemory<byte> largest = large.AsMemory(1);
        error = await Assert.ThrowsAsync<OperationTooLargeException>(
            () => log.AppendGroupAsync(new[] { largest, largest, largest, largest, new byte[1] }).AsTask());
        Assert.Equal(nameof(LogLimits.GroupBytesMax), error.Limit);
        Assert.Equal(new LogSequence(1), log.LastSequence);
        await log.AppendNextAsync();
        Assert.Equal(2, log.Verify());
    }

    [Fact]
    public async Task Healing_a_log_that_has_not_failed_does_nothing()
    {
        using IOperationLog log = Open();
        await log.HealAsync();
        await log.AppendNextAsync();
        await log.HealAsync();
        Assert.Equal(new Epoch(1), log.Epoch);
        await log.AppendNextAsync();
        Assert.Equal(2, log.Verify());
    }

    [Fact]
    public async Task What_is_flushed_is_there_whatever_appends_waited_for()
    {
        foreach (Durability durability in Enum.GetValues<Durability>())
        {
            using IOperationLog log = Open(new LogOptions { Durability = durability });
            await log.FlushAsync();
            await log.AppendNextAsync(count: 10);
            await log.FlushAsync();
        }

        using IOperationLog again = Open();
        Assert.Equal(20, again.Verify());
    }

    [Fact]
    public async Task Flushes_may_come_beside_appends()
    {
        // A checkpoint flushes while the committer appends.
        using IOperationLog log = Open(new LogOptions { Durability = Durability.Os });
        Task flushing = Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                await log.FlushAsync();
            }
        });
        for (int i = 0; i < 100; i++)
        {
            await log.AppendNextAsync();
        }

        await flushing;
        Assert.Equal(100, log.Verify());
    }

    [Fact]
    public async Task Logs_of_different_names_know_nothing_of_each_other()
    {
        using IOperationLog one = Open(name: "c1/p1");
        using IOperationLog other = Open(name: "c1/p10");
        await one.AppendNextAsync(count: 3);
        await other.AppendNextAsync(count: 2);
        one.TrimBefore(new LogSequence(3));
        Assert.Equal(new LogSequence(1), other.FirstSequence);
        Assert.Equal(2, other.Verify());
        Assert.Equal(new Epoch(1), other.Epoch);
    }

    [Fact]
    public async Task A_closed_log_refuses_appends()
    {
        IOperationLog log = Open();
        await log.AppendNextAsync();
        log.Dispose();
        log.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.AppendNextAsync().AsTask());
    }

    [Fact]
    public async Task A_log_agrees_with_a_list_of_operations_through_random_use_and_reopenings()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        List<(Epoch Epoch, LogTime Time)> model = [];
        IOperationLog log = Open();
        try
        {
            for (int step = 0; step < 400; step++)
            {
                LogSequence first = log.FirstSequence;
                switch (random.Next(10))
                {
                    case < 5:
                        await log.AppendNextAsync(random.Next(1, 12), bytesMax: 3000);
                        model.AddRange(Enumerable.Repeat((log.Epoch, log.LastTime), (int)(log.LastSequence.Value - (ulong)model.Count)));
                        break;
                    case 5:
                        log.TrimBefore(new LogSequence((ulong)random.Next(model.Count + 2)));
                        break;
                    case 6:
                        log.Dispose();
                        log = Open(new LogOptions { Durability = (Durability)random.Next(2) });
                        Assert.True(log.Epoch > (model.Count == 0 ? Epoch.None : model[^1].Epoch), "the epoch is not greater than all in the log");
                        break;
                    case 7:
                        await log.FlushAsync();
                        await log.HealAsync();
                        break;
                    default:
                        ulong from = (ulong)random.NextInt64((long)first.Value, model.Count + 2);
                        Assert.Equal(
                            model.Skip((int)from - 1),
                            log.ReadFrom(new LogSequence(from)).Select(record => (record.Epoch, record.Time)));
                        log.Verify(from, bytesMax: 3000);
                        break;
                }

                Assert.Equal((ulong)model.Count, log.LastSequence.Value);
                Assert.True(log.FirstSequence >= first, "the first sequence went back");
                Assert.True(model.Count == 0 || model[^1].Time == log.LastTime, "the last time is not the last operation's");
            }
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"seed {seed}: {error.Message}", error);
        }
        finally
        {
            log.Dispose();
        }
    }
}
