using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log;

public sealed class LocalLogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private LocalLog Open(long fileBytesMax = 64 << 20, Durability durability = Durability.Flush)
        => LocalLog.Open(_folder["log"], new LocalLogOptions { FileBytesMax = fileBytesMax, Durability = durability });

    [Fact]
    public void A_new_log_is_empty_and_starts_at_one()
    {
        using LocalLog log = Open();
        Assert.Equal(LogSequence.None, log.LastSequence);
        Assert.Equal(new LogSequence(1), log.FirstSequence);
        Assert.Equal(new Epoch(1), log.Epoch);
        Assert.Empty(log.ReadFrom(new LogSequence(1)));
        Assert.Null(log.Cut);
    }

    [Fact]
    public void A_new_log_can_start_later_and_its_epoch_follows_one_known_elsewhere()
    {
        LocalLogOptions options = new() { FirstSequence = new LogSequence(501), EpochAfter = new Epoch(7) };
        using LocalLog log = LocalLog.Open(_folder["log"], options);
        Assert.Equal(new LogSequence(500), log.LastSequence);
        Assert.Equal(new Epoch(8), log.Epoch);
        Assert.Equal(new LogSequence(501), log.AppendNext());
        Assert.Equal(1, log.Check(from: 501));
    }

    [Fact]
    public void Groups_come_back_in_order_after_reopening()
    {
        for (int round = 1; round <= 10; round++)
        {
            using LocalLog log = Open();
            Assert.Equal(new LogSequence((ulong)(round - 1) * 9), log.LastSequence);
            Assert.Equal(new Epoch((ulong)round), log.Epoch);
            Assert.Null(log.Cut);
            log.AppendNext(count: 1);
            log.AppendNext(count: 5);
            log.AppendNext(count: 3);
            Assert.Equal(round * 9, log.Check());
        }

        using LocalLog last = Open();
        Assert.Equal(
            Enumerable.Range(1, 10).SelectMany(round => Enumerable.Repeat(new Epoch((ulong)round), 9)),
            last.ReadFrom(new LogSequence(1)).Select(record => record.Epoch));
    }

    [Fact]
    public void A_log_rolls_into_files_named_by_their_first_sequence()
    {
        using (LocalLog log = Open(fileBytesMax: 2000))
        {
            for (int i = 0; i < 50; i++)
            {
                log.AppendNext(count: 4);
            }

            Assert.Equal(200, log.Check());
        }

        string[] files = [.. Directory.GetFiles(_folder["log"]).Order(StringComparer.Ordinal)];
        Assert.True(files.Length > 5);
        Assert.Equal("00000000000000000001.log", Path.GetFileName(files[0]));
        Assert.All(files, file => Assert.True(new FileInfo(file).Length <= 2000 + 40));

        using LocalLog again = Open(fileBytesMax: 2000);
        for (ulong from = 1; from <= 201; from++)
        {
            Assert.Equal(201 - (int)from, again.Check(from));
        }
    }

    [Fact]
    public void A_group_larger_than_a_file_gets_a_file_of_its_own()
    {
        using LocalLog log = Open(fileBytesMax: 2000);
        log.AppendNext();
        log.AppendNext(count: 30, bytesMax: 1000);
        log.AppendNext();
        Assert.Equal(3, Directory.GetFiles(_folder["log"]).Length);
        Assert.Equal(32, log.ReadFrom(new LogSequence(1)).Count());
    }

    [Fact]
    public void Trimming_deletes_whole_files_alone_and_keeps_the_newest()
    {
        using LocalLog log = Open(fileBytesMax: 2000);
        for (int i = 0; i < 50; i++)
        {
            log.AppendNext(count: 4);
        }

        log.TrimBefore(new LogSequence(100));
        Assert.InRange(log.FirstSequence.Value, 60ul, 100ul);
        log.Check(from: 100);
        LogRangeException error = Assert.Throws<LogRangeException>(() => log.ReadFrom(new LogSequence(1)));
        Assert.Equal(log.FirstSequence, error.First);

        log.TrimBefore(new LogSequence(100_000));
        Assert.Single(Directory.GetFiles(_folder["log"]));
        Assert.Equal(new LogSequence(200), log.LastSequence);
        log.AppendNext();
        log.Check(log.FirstSequence.Value);
        log.Dispose();

        using LocalLog again = Open(fileBytesMax: 2000);
        Assert.Equal(new LogSequence(201), again.LastSequence);
    }

    [Fact]
    public void What_is_retained_stays_until_it_is_old_or_there_is_too_much_of_it()
    {
        StandingTime machine = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        LocalLogOptions options = new()
        {
            FileBytesMax = 2000,
            Clock = new LogClock(machine),
            Retention = new LogRetention(TimeSpan.FromMinutes(10), 8000),
        };
        using (LocalLog log = LocalLog.Open(_folder["log"], options))
        {
            for (int minute = 0; minute < 20; minute++)
            {
                machine.Now += TimeSpan.FromMinutes(1);
                log.AppendNext(count: 5);
            }

            log.TrimBefore(new LogSequence(100));
            log.Check(log.FirstSequence.Value);
            Assert.InRange(log.FirstSequence.Value, 20ul, 50ul); // from minute 10 on, in whole files
            Assert.True(log.TailBytes(log.FirstSequence) <= 8000);
        }

        using LocalLog again = LocalLog.Open(_folder["log"], options);
        again.TrimBefore(new LogSequence(100));
        Assert.InRange(again.FirstSequence.Value, 20ul, 50ul);
        for (int more = 0; more < 40; more++)
        {
            again.AppendNext(count: 5);
        }

        again.TrimBefore(new LogSequence(300));
        Assert.InRange(again.TailBytes(again.FirstSequence), 4000, 8000); // young, but too much
        machine.Now += TimeSpan.FromDays(1);
        again.AppendNext();
        again.TrimBefore(new LogSequence(301));
        Assert.Single(Directory.GetFiles(_folder["log"]));
    }

    [Fact]
    public void A_reader_that_is_overtaken_by_trimming_is_told()
    {
        using LocalLog log = Open(fileBytesMax: 500);
        for (int i = 0; i < 50; i++)
        {
            log.AppendNext();
        }

        using IEnumerator<LogRecord> reader = log.ReadFrom(new LogSequence(1)).GetEnumerator();
        Assert.True(reader.MoveNext());
        log.TrimBefore(new LogSequence(50));
        Assert.Throws<LogRangeException>(() =>
        {
            while (reader.MoveNext())
            {
            }
        });
    }

    [Fact]
    public void Reading_past_the_next_operation_is_an_error()
    {
        using LocalLog log = Open();
        log.AppendNext(count: 3);
        Assert.Empty(log.ReadFrom(new LogSequence(4)));
        Assert.Throws<LogRangeException>(() => log.ReadFrom(new LogSequence(5)));
        Assert.Throws<LogRangeException>(() => log.ReadFrom(LogSequence.None));
    }

    [Fact]
    public void A_missing_newest_file_is_damage_after_a_close_and_after_a_crash()
    {
        foreach (bool closes in new[] { true, false })
        {
            using TempFolder copy = new();
            LocalLog log = LocalLog.Open(copy["log"], new LocalLogOptions { FileBytesMax = 500 });
            for (int i = 0; i < 20; i++)
            {
                log.AppendNext();
            }

            using TempFolder crashed = new();
            LogTesting.CopyFiles(copy["log"], crashed.Path);
            log.Dispose();
            string folder = closes ? copy["log"] : crashed.Path;
            string newest = LogTesting.NewestFile(folder);
            File.Delete(newest);
            LogDamagedException error = Assert.Throws<LogDamagedException>(() => LocalLog.Open(folder, new LocalLogOptions()));
            Assert.Equal((newest, "no file"), (error.File, error.Actual));
        }
    }

    [Fact]
    public void A_missing_file_between_others_is_damage()
    {
        using (LocalLog log = Open(fileBytesMax: 500))
        {
            for (int i = 0; i < 50; i++)
            {
                log.AppendNext();
            }
        }

        File.Delete(Directory.GetFiles(_folder["log"]).Order(StringComparer.Ordinal).ElementAt(2));
        using LocalLog again = Open();
        Assert.Throws<LogDamagedException>(() => again.Check());
    }

    [Fact]
    public void Empty_groups_empty_operations_and_oversized_ones_are_refused_before_anything_is_written()
    {
        using LocalLog log = Open();
        log.AppendNext();
        Assert.Throws<ArgumentException>(() => log.AppendGroup());
        Assert.Throws<ArgumentException>(() => log.AppendGroup(new byte[1], Array.Empty<byte>()));
        byte[] large = new byte[LogLimits.OperationBytesMax + 1];
        OperationTooLargeException error = Assert.Throws<OperationTooLargeException>(() => log.AppendGroup(new byte[1], large));
        Assert.Equal(nameof(LogLimits.OperationBytesMax), error.Limit);

        ReadOnlyMemory<byte> largest = large.AsMemory(1);
        error = Assert.Throws<OperationTooLargeException>(() => log.AppendGroup(largest, largest, largest, largest, new byte[1]));
        Assert.Equal(nameof(LogLimits.GroupBytesMax), error.Limit);
        Assert.Equal(new LogSequence(1), log.LastSequence);
        Assert.Equal(1, log.Check());
    }

    [Fact]
    public void The_largest_operation_makes_the_round_trip()
    {
        byte[] large = GC.AllocateUninitializedArray<byte>(LogLimits.OperationBytesMax);
        new Random(3).NextBytes(large.AsSpan(0, 1 << 20));
        new Random(4).NextBytes(large.AsSpan(^(1 << 20)));
        using (LocalLog log = Open(durability: Durability.Os))
        {
            log.AppendNext();
            log.Append(large);
        }

        using LocalLog again = Open();
        again.Append(Operation(3));
        List<int> lengths = [];
        foreach (LogRecord record in again.ReadFrom(new LogSequence(1)))
        {
            lengths.Add(record.Operation.Length);
            Assert.True(record.Sequence.Value != 2 || record.Operation.Span.SequenceEqual(large));
        }

        Assert.Equal([Operation(1).Length, large.Length, Operation(3).Length], lengths);
    }

    [Fact]
    public void The_tail_counts_bytes_from_an_operation_to_the_end()
    {
        using LocalLog log = Open(fileBytesMax: 1 << 20);
        byte[] operation = new byte[16 * 1024 - 40];
        for (int i = 0; i < 256; i++)
        {
            log.Append(operation);
        }

        for (ulong from = 1; from <= 256; from++)
        {
            long exact = (257 - (long)from) * 16 * 1024;
            Assert.InRange(log.TailBytes(new LogSequence(from)), exact, exact + (80 << 10));
        }

        Assert.Equal(0, log.TailBytes(new LogSequence(257)));
    }

    [Fact]
    public async Task Readers_beside_an_appender_see_whole_operations_without_gaps()
    {
        using LocalLog log = Open(fileBytesMax: 20_000, durability: Durability.Os);
        bool done = false;
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            ulong next = 1;
            while (!Volatile.Read(ref done))
            {
                foreach (LogRecord record in log.ReadFrom(new LogSequence(next)))
                {
                    Assert.Equal(next, record.Sequence.Value);
                    Assert.True(record.Operation.Span.SequenceEqual(Operation(next, 200)));
                    next++;
                }
            }

            return next;
        }))];
        for (int i = 0; i < 3000; i++)
        {
            log.AppendNext(count: 1 + (i % 4), bytesMax: 200);
        }

        Volatile.Write(ref done, true);
        await Task.WhenAll(readers);
        log.Check(bytesMax: 200);
    }

    [Fact]
    public void A_closed_log_refuses_appends()
    {
        LocalLog log = Open();
        log.AppendNext();
        log.Dispose();
        log.Dispose();
        Assert.Throws<ObjectDisposedException>(() => log.AppendNext());
    }

    private static byte[] Operation(ulong sequence, int bytesMax = 40) => LogTesting.Operation(sequence, bytesMax);
}
