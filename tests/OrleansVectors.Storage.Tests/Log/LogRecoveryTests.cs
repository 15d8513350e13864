using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log;

public sealed class LogRecoveryTests : IDisposable
{
    private readonly TempFolder _source = new();
    private readonly TempFolder _copy = new();

    public void Dispose()
    {
        _source.Dispose();
        _copy.Dispose();
    }

    private static LocalLog Open(TempFolder folder) => LocalLog.Open(folder.Path, new LocalLogOptions());

    [Fact]
    public void A_crash_after_an_acknowledgement_loses_nothing()
    {
        using LocalLog log = Open(_source);
        for (int i = 1; i <= 20; i++)
        {
            log.AppendNext(count: 1 + (i % 3));
            LogTesting.CopyFiles(_source.Path, _copy.Path);
            using LocalLog copy = Open(_copy);
            Assert.Null(copy.Cut);
            Assert.Equal(log.LastSequence, copy.LastSequence);
            copy.Check();
        }
    }

    [Fact]
    public void A_file_torn_at_any_byte_keeps_every_record_before_and_takes_appends()
    {
        List<long> ends = [LogFormat.FileHeaderBytes];
        byte[] whole = WriteGroups(groups: 4, perGroup: 2, ends, close: false);
        for (int length = LogFormat.FileHeaderBytes; length <= whole.Length; length++)
        {
            Place(whole.AsSpan(0, length));
            int survivors = ends.FindLastIndex(end => end <= length);
            using (LocalLog log = Open(_copy))
            {
                Assert.Equal((ulong)survivors, log.LastSequence.Value);
                bool torn = length > ends[survivors] && whole.AsSpan(0, length)[(int)ends[survivors]..].ContainsAnyExcept((byte)0);
                Assert.True(torn == log.Cut is not null, $"length {length}");
                log.AppendNext(count: 2);
            }

            using LocalLog again = Open(_copy);
            Assert.Null(again.Cut);
            Assert.Equal(survivors + 2, again.Check());
        }
    }

    [Fact]
    public void A_file_shorter_than_its_header_is_damage()
    {
        byte[] whole = WriteGroups(groups: 2, perGroup: 1, [], close: true);
        for (int length = 0; length < LogFormat.FileHeaderBytes; length++)
        {
            Place(whole.AsSpan(0, length));
            Assert.Throws<LogDamagedException>(() => Open(_copy));
        }
    }

    [Fact]
    public void Any_flipped_bit_of_a_closed_log_is_found()
    {
        List<long> ends = [LogFormat.FileHeaderBytes];
        byte[] whole = WriteGroups(groups: 4, perGroup: 2, ends, close: true);
        for (int bit = 0; bit < whole.Length * 8; bit += 5)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Place(flipped);
            if (bit / 8 < ends[^1])
            {
                LogDamagedException error = Assert.Throws<LogDamagedException>(() => Open(_copy));
                Assert.InRange(bit / 8L, error.Offset, error.Offset + LogRecordLayout.CurrentRecordBytes(40));
            }
            else
            {
                // The mark itself protects others and holds nothing.
                using LocalLog log = Open(_copy);
                Assert.NotNull(log.Cut);
                Assert.Equal(8, log.Check());
            }
        }
    }

    [Fact]
    public void Any_flipped_bit_of_a_log_that_was_not_closed_is_found_or_cuts_the_last_group_alone()
    {
        List<long> ends = [LogFormat.FileHeaderBytes];
        byte[] whole = WriteGroups(groups: 4, perGroup: 2, ends, close: false);
        for (int bit = 0; bit < (int)ends[^1] * 8; bit += 5)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Place(flipped);
            if (bit / 8 < ends[6])
            {
                Assert.Throws<LogDamagedException>(() => Open(_copy));
            }
            else
            {
                using LocalLog log = Open(_copy);
                Assert.NotNull(log.Cut);
                Assert.Equal(bit / 8 < ends[7] ? 6 : 7, log.Check());
            }
        }
    }

    [Fact]
    public void A_damaged_mark_of_an_earlier_close_is_found_when_records_follow_it()
    {
        using (LocalLog log = Open(_source))
        {
            log.AppendNext();
        }

        string path = LogTesting.NewestFile(_source.Path);
        long markEnd = new FileInfo(path).Length;
        using (LocalLog log = Open(_source))
        {
            log.AppendNext();
            LogTesting.CopyFiles(_source.Path, _copy.Path);
        }

        byte[] bytes = File.ReadAllBytes(LogTesting.NewestFile(_copy.Path));
        bytes[markEnd - 20] ^= 1;
        Place(bytes);
        LogDamagedException error = Assert.Throws<LogDamagedException>(() => Open(_copy));
        Assert.Equal(markEnd - LogRecordLayout.CurrentHeaderBytes, error.Offset);
    }

    [Fact]
    public void Damage_in_an_older_file_is_found_when_it_is_read()
    {
        LocalLogOptions options = new() { FileBytesMax = 300 };
        using (LocalLog log = LocalLog.Open(_source.Path, options))
        {
            for (int i = 0; i < 12; i++)
            {
                log.AppendNext();
            }
        }

        string oldest = Directory.GetFiles(_source.Path).Min(StringComparer.Ordinal)!;
        byte[] sound = File.ReadAllBytes(oldest);
        int whole = sound.Length - LogRecordLayout.CurrentHeaderBytes; // without the seal
        for (int at = 0; at < whole; at++)
        {
            byte[] flipped = [.. sound];
            flipped[at] ^= 0x10;
            File.WriteAllBytes(oldest, flipped);
            using LocalLog log = LocalLog.Open(_source.Path, options);
            LogDamagedException error = Assert.Throws<LogDamagedException>(() => log.Check());
            Assert.Equal(oldest, error.File);
        }

        // With its seal torn, or without, it is as whole as a file whose seal the disk did not take.
        for (int length = whole; length <= sound.Length; length++)
        {
            File.WriteAllBytes(oldest, sound[..length]);
            using LocalLog log = LocalLog.Open(_source.Path, options);
            Assert.Equal(12, log.Check());
        }

        for (int length = 0; length < whole; length++)
        {
            File.WriteAllBytes(oldest, sound[..length]);
            using LocalLog log = LocalLog.Open(_source.Path, options);
            Assert.Throws<LogDamagedException>(() => log.Check());
        }
    }

    [Fact]
    public void Whatever_mixture_of_unflushed_sectors_a_power_cut_leaves_acknowledged_operations_survive()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            Random random = new(seed);
            PowerCutLogFiles disk = new();
            ulong acknowledged;
            using (LocalLog log = LocalLog.Open(_source.Path, new LocalLogOptions { Files = disk, FileBytesMax = 20_000 }))
            {
                for (int i = random.Next(6); i >= 0; i--)
                {
                    log.AppendNext(random.Next(1, 5), bytesMax: 900);
                }

                acknowledged = log.LastSequence.Value;
                disk.FailFlushes = true;
                Assert.Throws<LogFailedException>(() => log.AppendNext(random.Next(1, 9), bytesMax: 900));
            }

            disk.CutPower(random);
            using (LocalLog log = LocalLog.Open(_source.Path, new LocalLogOptions()))
            {
                Assert.True(log.LastSequence.Value >= acknowledged, $"seed {seed}: {log.LastSequence} < {acknowledged}");
                log.Check(bytesMax: 900);
                log.AppendNext(3, bytesMax: 900);
            }

            using (LocalLog log = LocalLog.Open(_source.Path, new LocalLogOptions()))
            {
                Assert.Null(log.Cut);
                log.Check(bytesMax: 900);
            }

            Array.ForEach(Directory.GetFiles(_source.Path), File.Delete);
        }
    }

    [Fact]
    public void An_operation_that_contains_a_copy_of_a_log_cannot_pass_for_records()
    {
        byte[] bait = WriteGroups(groups: 3, perGroup: 2, [], close: true);
        using LocalLog log = Open(_copy);
        Array.ForEach(Directory.GetFiles(_source.Path), File.Delete);
        using (LocalLog victim = Open(_source))
        {
            victim.Append(bait);
            LogTesting.CopyFiles(_source.Path, _copy.Path);
        }

        byte[] bytes = File.ReadAllBytes(LogTesting.NewestFile(_copy.Path));
        bytes[LogFormat.FileHeaderBytes + 3] ^= 1;
        Place(bytes);
        using LocalLog torn = Open(_copy);
        Assert.Equal(LogSequence.None, torn.LastSequence);
        Assert.NotNull(torn.Cut);
    }

    [Fact]
    public void A_file_whose_creation_was_interrupted_is_removed()
    {
        using (LocalLog log = Open(_source))
        {
            log.AppendNext();
        }

        File.WriteAllBytes(_source["00000000000000000002.log.tmp"], [1, 2, 3]);
        using LocalLog again = Open(_source);
        Assert.Equal(1, again.Check());
        Assert.Single(Directory.GetFiles(_source.Path));
    }

    /// <summary>The bytes of a log of small groups; <paramref name="ends"/> gets the byte offset behind each record.</summary>
    private byte[] WriteGroups(int groups, int perGroup, List<long> ends, bool close)
    {
        using LocalLog log = Open(_source);
        for (int group = 0; group < groups; group++)
        {
            log.AppendNext(perGroup);
        }

        for (ulong sequence = 1; sequence <= log.LastSequence.Value; sequence++)
        {
            ends.Add(ends.LastOrDefault() + LogRecordLayout.CurrentRecordBytes(LogTesting.Operation(sequence).Length));
        }

        if (close)
        {
            log.Dispose();
        }

        using FileStream file = new(LogTesting.NewestFile(_source.Path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[close ? file.Length : Math.Min(file.Length, ends[^1] + 50)];
        file.ReadExactly(bytes);
        return bytes;
    }

    private void Place(ReadOnlySpan<byte> bytes)
    {
        Array.ForEach(Directory.GetFiles(_copy.Path), File.Delete);
        File.WriteAllBytes(_copy["00000000000000000001.log"], bytes);
    }
}
