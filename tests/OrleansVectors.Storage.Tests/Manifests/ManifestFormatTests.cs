using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Storage.Tests.Manifests;

public sealed class ManifestFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_manifest_file_has_these_bytes()
    {
        FixtureFiles.CopyTo(_folder.Path, "v1", FixtureFiles.Segment);
        SegmentFolder segments = new(_folder.Path);
        new ManifestStore(_folder.Path, segments).Write(Sample());
        string[] expected =
        [
            // Magic, version 2, number 1, epoch 7, cut 3, its time, when it was taken.
            "4f564543544d414e", "02000000", "00000000", "0100000000000000", "0700000000000000", "0300000000000000",
            "00600cba992a0600", "40a21bba992a0600",
            // One segment: number 1, 16448 bytes.
            "01000000", "0100000000000000", "4040000000000000",
            // Two states: a = 01 02 03, b is empty.
            "02000000", "0161", "03000000", "010203", "0162", "00000000",
            // One region: rows, 5000 bytes in use, chunks of 4352, two of them.
            "01000000", "04726f7773", "8813000000000000", "00110000", "02000000",
            "0100000000000000", "0010000000000000", "0b000000", "ad398dae",
            "0100000000000000", "0020000000000000", "00110000", "d2e6dd52",
            // Checksum.
            "830e96dd",
        ];
        byte[] actual = File.ReadAllBytes(_folder[FixtureFiles.Manifest]);
        Assert.Equal(string.Concat(expected), Convert.ToHexStringLower(actual));
        Assert.Equal(File.ReadAllBytes(FixtureFiles.PathOf("v2", FixtureFiles.Manifest)), actual);
    }

    [Theory]
    [InlineData("v1", 0)]
    [InlineData("v2", 1_735_689_600_000_000)]
    public void A_kept_file_opens(string version, long time)
    {
        FixtureFiles.CopyTo(_folder.Path, "v1", FixtureFiles.Segment);
        FixtureFiles.CopyTo(_folder.Path, version, FixtureFiles.Manifest);
        ManifestLoad load = new ManifestStore(_folder.Path, new SegmentFolder(_folder.Path)).LoadNewest()!;
        Assert.Empty(load.Damaged);
        Manifest expected = Sample();
        Assert.Equal((expected.Epoch, expected.Cut, new LogTime(time)), (load.Manifest.Epoch, load.Manifest.Cut, load.Manifest.CutTime));
        Assert.Equal([1, 2, 3], load.Manifest.States["a"].ToArray());
        Assert.Equal(expected.Regions["rows"].Chunks, load.Manifest.Regions["rows"].Chunks);
    }

    private static Manifest Sample() => new()
    {
        Epoch = new Epoch(7),
        Cut = new LogSequence(3),
        CutTime = new LogTime(1_735_689_600_000_000),
        Taken = new LogTime(1_735_689_601_000_000),
        States = new Dictionary<string, ReadOnlyMemory<byte>> { ["b"] = default, ["a"] = new byte[] { 1, 2, 3 } },
        Regions = new Dictionary<string, ManifestRegion>
        {
            ["rows"] = new(5000, 4352,
            [
                new ChunkRef(new SegmentId(1), 4096, 11, 0xAE8D39AD),
                new ChunkRef(new SegmentId(1), 8192, 4352, 0x52DDE6D2),
            ]),
        },
    };
}
