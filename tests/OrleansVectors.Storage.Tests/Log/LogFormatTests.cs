using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log;

public sealed class LogFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_log_file_has_these_bytes()
    {
        using (LocalLog log = LocalLog.Open(_folder.Path, new LocalLogOptions { NextSalt = () => 0x1122334455667788 }))
        {
            log.Append("alpha"u8.ToArray());
            log.AppendGroup("be"u8.ToArray(), "12345678"u8.ToArray());
        }

        string[] expected =
        [
            // File header: magic, version 1, first sequence 1, epoch 1, salt, checksum.
            "4f564543544c4f47", "0100000000000000", "0100000000000000", "0100000000000000", "8877665544332211",
            "0000000000000000", "0000000000000000", "0000000002292234",
            // Operation 1 of epoch 1, written when 64 bytes were on the disk: "alpha".
            "c9f1eee22948489d", "0500000000000000", "0100000000000000", "0100000000000000", "4000000000000000",
            "616c706861000000",
            // Operation 2, 112 bytes on the disk: "be".
            "ecfdc7563f568663", "0200000000000000", "0200000000000000", "0100000000000000", "7000000000000000",
            "6265000000000000",
            // Operation 3 of the same group, so 112 bytes as well.
            "ff3ae211145d5e80", "0800000000000000", "0300000000000000", "0100000000000000", "7000000000000000",
            "3132333435363738",
            // The mark of the close: no operation, all 208 bytes on the disk.
            "ad4e6169165159af", "0000000000000000", "0300000000000000", "0100000000000000", "d000000000000000",
        ];
        byte[] actual = File.ReadAllBytes(_folder[FixtureFiles.Log]);
        Assert.Equal(string.Concat(expected), Convert.ToHexStringLower(actual));
        Assert.Equal(File.ReadAllBytes(FixtureFiles.PathOf("v1", FixtureFiles.Log)), actual);
    }

    [Fact]
    public void A_kept_file_of_version_1_opens()
    {
        FixtureFiles.CopyTo(_folder.Path, "v1", FixtureFiles.Log);
        using LocalLog log = LocalLog.Open(_folder.Path, new LocalLogOptions());
        Assert.Equal(new LogSequence(3), log.LastSequence);
        Assert.Equal(new Epoch(2), log.Epoch);
        Assert.Equal(["alpha", "be", "12345678"], log.ReadFrom(new LogSequence(1)).Select(Text));
        Assert.Equal(new LogSequence(4), log.Append("more"u8.ToArray()));
        Assert.Equal(["12345678", "more"], log.ReadFrom(new LogSequence(3)).Select(Text));
    }

    [Fact]
    public void A_file_of_another_version_is_refused_by_its_version()
    {
        byte[] bytes = File.ReadAllBytes(FixtureFiles.PathOf("v1", FixtureFiles.Log));
        bytes[8] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(60), Storage.Checksums.Crc32C.Compute(bytes.AsSpan(0, 60)));
        File.WriteAllBytes(_folder[FixtureFiles.Log], bytes);
        LogDamagedException error = Assert.Throws<LogDamagedException>(
            () => LocalLog.Open(_folder.Path, new LocalLogOptions()));
        Assert.Equal(("version 1", "version 2"), (error.Expected, error.Actual));
    }

    private static string Text(LogRecord record) => System.Text.Encoding.ASCII.GetString(record.Operation.Span);
}
