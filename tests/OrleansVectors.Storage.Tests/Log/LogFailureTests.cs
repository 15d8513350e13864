using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log;

public sealed class LogFailureTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FaultyLogFiles _disk = new();

    public void Dispose() => _folder.Dispose();

    private LocalLog Open(long fileBytesMax = 64 << 20)
        => LocalLog.Open(_folder["log"], new LocalLogOptions { Files = _disk, FileBytesMax = fileBytesMax });

    [Fact]
    public void A_full_disk_refuses_the_group_wherever_it_fills_and_heals_when_space_returns()
    {
        using (LocalLog log = Open())
        {
            log.AppendNext(count: 2);
            for (int room = 0; room < 200; room += 3)
            {
                LogSequence before = log.LastSequence;
                _disk.RoomBytes = room;
                LogDiskFullException error = Assert.Throws<LogDiskFullException>(() => log.AppendNext(count: 9));
                Assert.InRange(error.Bytes, 9 * 48, 9 * 80);
                Assert.Equal(before, log.LastSequence);
                log.Check();

                _disk.RoomBytes = long.MaxValue;
                log.AppendNext(count: 2);
            }

            log.Check();
        }

        using LocalLog again = Open();
        Assert.Null(again.Cut);
        again.Check();
    }

    [Fact]
    public void A_crash_on_a_full_disk_leaves_nothing_of_the_refused_group()
    {
        using LocalLog log = Open();
        log.AppendNext(count: 3);
        _disk.RoomBytes = 100;
        Assert.Throws<LogDiskFullException>(() => log.AppendNext(count: 9));

        using TempFolder copy = new();
        LogTesting.CopyFiles(_folder["log"], copy.Path);
        using LocalLog again = LocalLog.Open(copy.Path, new LocalLogOptions());
        Assert.Null(again.Cut);
        Assert.Equal(3, again.Check());
    }

    [Fact]
    public void A_disk_that_fills_while_a_file_is_begun_refuses_the_group_and_heals()
    {
        using LocalLog log = Open(fileBytesMax: 400);
        for (int i = 0; i < 20; i++)
        {
            LogSequence before = log.LastSequence;
            _disk.RoomBytes = i;
            Assert.Throws<LogDiskFullException>(() => log.AppendNext(count: 5));
            Assert.Equal(before, log.LastSequence);
            _disk.RoomBytes = long.MaxValue;
            log.AppendNext(count: 5);
        }

        Assert.Equal(100, log.Check());
        Assert.Empty(Directory.GetFiles(_folder["log"], "*.tmp"));
    }

    [Fact]
    public void A_failed_flush_poisons_the_log_and_is_never_tried_again_while_reads_go_on()
    {
        LocalLog log = Open();
        log.AppendNext(count: 3);
        _disk.FailFlushes = true;
        LogFailedException error = Assert.Throws<LogFailedException>(() => log.AppendNext());
        Assert.Equal(new LogSequence(3), error.LastAcknowledged);
        int flushes = _disk.Flushes;

        _disk.FailFlushes = false;
        Assert.Throws<LogFailedException>(() => log.AppendNext());
        Assert.Throws<LogFailedException>(log.Flush);
        Assert.Equal(3, log.Check());
        log.Dispose();
        Assert.Equal(flushes, _disk.Flushes);

        using LocalLog again = Open();
        Assert.Equal(new LogSequence(3), again.LastSequence);
        again.AppendNext();
        Assert.Equal(4, again.Check());
    }

    [Fact]
    public void A_failed_write_poisons_the_log()
    {
        using LocalLog log = Open();
        log.AppendNext(count: 3);
        _disk.WriteError = FaultyLogFiles.InputOutputError;
        _disk.RoomBytes = 50;
        Assert.Throws<LogFailedException>(() => log.AppendNext(count: 2));
        _disk.RoomBytes = long.MaxValue;
        Assert.Throws<LogFailedException>(() => log.AppendNext());
        Assert.Equal(3, log.Check());
    }

    [Fact]
    public void A_full_disk_that_does_not_let_go_of_a_half_group_poisons_the_log_and_reopening_cuts_it()
    {
        LocalLog log = Open();
        log.AppendNext(count: 3);
        _disk.RoomBytes = 170;
        _disk.FailCuts = true;
        Assert.Throws<LogFailedException>(() => log.AppendNext(count: 9));
        log.Dispose();

        _disk.RoomBytes = long.MaxValue;
        _disk.FailCuts = false;
        using LocalLog again = Open();
        Assert.NotNull(again.Cut);
        Assert.InRange(again.LastSequence.Value, 3ul, 6ul);
        again.Check();
    }

    [Fact]
    public void Healing_a_log_whose_flush_failed_keeps_what_was_written_and_goes_on_under_a_greater_epoch()
    {
        using LocalLog log = Open();
        log.AppendNext(count: 3);
        _disk.FailFlushes = true;
        Assert.Throws<LogFailedException>(() => log.AppendNext(count: 2));
        Assert.ThrowsAny<IOException>(log.Heal);
        Assert.Throws<LogFailedException>(() => log.AppendNext());
        Assert.Equal(3, log.Check());

        _disk.FailFlushes = false;
        log.Heal();
        Assert.Equal(new Epoch(2), log.Epoch);
        Assert.InRange(log.LastSequence.Value, 3ul, 5ul);
        log.AppendNext(count: 4);
        Assert.Equal((int)log.LastSequence.Value, log.Check());
        log.Heal(); // nothing to heal
        Assert.Equal(new Epoch(2), log.Epoch);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(150)]
    [InlineData(400)]
    public void Healing_after_half_a_group_was_written_leaves_a_log_that_reads_from_end_to_end(int room)
    {
        LocalLog log = Open(fileBytesMax: 500);
        log.AppendNext(count: 3);
        _disk.WriteError = FaultyLogFiles.InputOutputError;
        _disk.FailCuts = true;
        _disk.RoomBytes = room;
        Assert.Throws<LogFailedException>(() => log.AppendNext(count: 9));
        Assert.ThrowsAny<IOException>(log.Heal);
        (_disk.RoomBytes, _disk.FailCuts) = (long.MaxValue, false);
        log.Heal();
        Assert.InRange(log.LastSequence.Value, 3ul, 12ul);
        log.AppendNext(count: 9);
        log.Check();
        log.Dispose();

        using LocalLog again = Open(fileBytesMax: 500);
        Assert.Null(again.Cut);
        again.Check();
    }

    [Fact]
    public void A_closed_log_does_not_heal()
    {
        LocalLog log = Open();
        log.Dispose();
        Assert.Throws<ObjectDisposedException>(log.Heal);
    }

    [Fact]
    public void Durability_by_the_system_does_not_flush_each_group()
    {
        LocalLogOptions options = new() { Files = _disk, Durability = Durability.Os };
        using LocalLog log = LocalLog.Open(_folder["log"], options);
        int flushes = _disk.Flushes;
        for (int i = 0; i < 10; i++)
        {
            log.AppendNext();
        }

        Assert.Equal(flushes, _disk.Flushes);
        log.Flush();
        Assert.Equal(flushes + 1, _disk.Flushes);
    }
}
