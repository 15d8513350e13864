using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Storage.Tests.Segments;

public sealed class SegmentFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_segment_file_has_these_bytes()
    {
        using (SegmentWriter writer = new SegmentFolder(_folder.Path).Create())
        {
            writer.Append("first chunk"u8);
            writer.Append(SecondChunk());
            writer.Complete();
        }

        byte[] actual = File.ReadAllBytes(_folder[FixtureFiles.Segment]);
        Assert.Equal(4 * 4096 + 64, actual.Length);
        Assert.Equal(
            "4f564543545345470100000000000000010000000000000000000000000000000000000000000000000000000000000000000000000000000000000053460ac6",
            Convert.ToHexStringLower(actual.AsSpan(0, 64)));
        Assert.Equal(
            "00100000000000000b000000ad398dae" + "002000000000000000110000d2e6dd52"
            + "004000000000000002000000e1791d094f56454354454e44000000006b35d4a8",
            Convert.ToHexStringLower(actual.AsSpan(4 * 4096)));
        Assert.Equal(File.ReadAllBytes(FixtureFiles.PathOf("v1", FixtureFiles.Segment)), actual);
    }

    [Fact]
    public void A_kept_file_of_version_1_opens()
    {
        FixtureFiles.CopyTo(_folder.Path, "v1", FixtureFiles.Segment);
        using SegmentReader reader = new SegmentFolder(_folder.Path).Open(new SegmentId(1));
        reader.VerifyAll();
        ChunkRef second = reader.ReadTable()[1];
        byte[] bytes = new byte[second.Length];
        reader.Read(second, bytes);
        Assert.Equal(SecondChunk(), bytes);
    }

    private static byte[] SecondChunk() => [.. Enumerable.Range(0, 17 * 256).Select(i => (byte)i)];
}
