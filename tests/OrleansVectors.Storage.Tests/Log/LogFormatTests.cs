using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log;

public sealed class LogFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_log_file_has_these_bytes()
    {
        using (LocalLog log = LocalLog.Open(_folder.Path, new LocalLogOptions
        {
            NextSalt = () => 0x1122334455667788,
            Clock = new LogClock(new StandingTime(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero))),
        }))
        {
            log.Append("alpha"u8.ToArray());
            log.AppendGroup("be"u8.ToArray(), "12345678"u8.ToArray());
        }

        string[] expected =
        [
            // File header: magic, version 2, first sequence 1, epoch 1, salt, time, checksum.
            "4f564543544c4f47", "0200000000000000", "0100000000000000", "0100000000000000", "8877665544332211",
            "00600cba992a0600", "0000000000000000", "00000000fb73522d",
            // Operation 1 of epoch 1, written when 64 bytes were on the disk, a microsecond later: "alpha".
            "b11e34bf2948489d", "0500000000000000", "0100000000000000", "0100000000000000", "4000000000000000", "01600cba992a0600",
            "616c706861000000",
            // Operation 2, 120 bytes on the disk, yet a microsecond later: "be".
            "4dced6733f568663", "0200000000000000", "0200000000000000", "0100000000000000", "7800000000000000", "02600cba992a0600",
            "6265000000000000",
            // Operation 3 of the same group, so 120 bytes and the same time.
            "9ed7cef9145d5e80", "0800000000000000", "0300000000000000", "0100000000000000", "7800000000000000", "02600cba992a0600",
            "3132333435363738",
            // The mark of the close: no operation, all 232 bytes on the disk.
            "90e4f5ff165159af", "0000000000000000", "0300000000000000", "0100000000000000", "e800000000000000", "02600cba992a0600",
        ];
        byte[] actual = File.ReadAllBytes(_folder[FixtureFiles.Log]);
        Assert.Equal(string.Concat(expected), Convert.ToHexStringLower(actual));
        Assert.Equal(File.ReadAllBytes(FixtureFiles.PathOf("v2", FixtureFiles.Log)), actual);
    }

    [Theory]
    [InlineData("v1", 0)]
    [InlineData("v2", 1_735_689_600_000_001)]
    public void A_kept_file_opens_and_goes_on(string version, long firstTime)
    {
        FixtureFiles.CopyTo(_folder.Path, version, FixtureFiles.Log);
        using (LocalLog log = LocalLog.Open(_folder.Path, new LocalLogOptions()))
        {
            Assert.Equal(new LogSequence(3), log.LastSequence);
            Assert.Equal(new Epoch(2), log.Epoch);
            Assert.Equal(["alpha", "be", "12345678"], log.ReadFrom(new LogSequence(1)).Select(Text));
            Assert.Equal(new LogTime(firstTime), log.ReadFrom(new LogSequence(1)).First().Time);
            Assert.Equal(new LogSequence(4), log.Append("more"u8.ToArray()));
            Assert.Equal(["12345678", "more"], log.ReadFrom(new LogSequence(3)).Select(Text));
        }

        using LocalLog again = LocalLog.Open(_folder.Path, new LocalLogOptions());
        Assert.Equal(["alpha", "be", "12345678", "more"], again.ReadFrom(new LogSequence(1)).Select(Text));
        Assert.Equal(new Epoch(3), again.Epoch);
    }

    [Fact]
    public void A_file_of_version_1_without_operations_gives_its_name_to_one_of_this_version()
    {
        byte[] header = File.ReadAllBytes(FixtureFiles.PathOf("v1", FixtureFiles.Log))[..64];
        File.WriteAllBytes(_folder[FixtureFiles.Log], header);
        using (LocalLog log = LocalLog.Open(_folder.Path, new LocalLogOptions()))
        {
            log.AppendNext(count: 3);
        }

        using LocalLog again = LocalLog.Open(_folder.Path, new LocalLogOptions());
        Assert.Equal(3, again.Check());
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_file_of_another_version_is_refused_by_its_version()
    {
        byte[] bytes = File.ReadAllBytes(FixtureFiles.PathOf("v2", FixtureFiles.Log));
        bytes[8] = 3;
        BitConverter.TryWriteBytes(bytes.AsSpan(60), Storage.Checksums.Crc32C.Compute(bytes.AsSpan(0, 60)));
        File.WriteAllBytes(_folder[FixtureFiles.Log], bytes);
        LogDamagedException error = Assert.Throws<LogDamagedException>(
            () => LocalLog.Open(_folder.Path, new LocalLogOptions()));
        Assert.Equal(("version 1 to 2", "version 3"), (error.Expected, error.Actual));
    }

    private static string Text(LogRecord record) => System.Text.Encoding.ASCII.GetString(record.Operation.Span);
}
