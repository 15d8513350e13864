using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Storage.Tests.Manifests;

public sealed class ManifestStoreTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    private SegmentFolder Segments() => new(_temp["segments"]);

    private ManifestStore Open(int kept = 2) => new(_temp["manifests"], Segments(), kept);

    [Fact]
    public void A_partition_without_checkpoints_has_no_manifest()
    {
        ManifestStore store = Open();
        Assert.Null(store.LoadNewest());
        Assert.Null(store.OldestCut);
    }

    [Fact]
    public void A_manifest_comes_back_as_written()
    {
        Manifest written = Open().Write(Sample(cut: 17));
        ManifestLoad load = Open().LoadNewest()!;
        Assert.Empty(load.Damaged);
        Assert.Equal(1ul, load.Manifest.Number);
        Assert.Equal(new Epoch(3), load.Manifest.Epoch);
        Assert.Equal(new LogSequence(17), load.Manifest.Cut);
        Assert.Equal([1, 2, 3], load.Manifest.States["ids"].ToArray());
        Assert.Equal(0, load.Manifest.States["empty"].Length);
        Assert.Equal(2, load.Manifest.States.Count);
        ManifestRegion region = Assert.Single(load.Manifest.Regions).Value;
        Assert.Equal(written.Regions["vectors"].Chunks, region.Chunks);
        Assert.Equal((5000, 4096), (region.UsedBytes, region.ChunkBytes));
        Assert.Equal(written.SegmentBytes, load.Manifest.SegmentBytes);
    }

    [Fact]
    public void The_newest_counts_and_as_many_as_wanted_are_kept()
    {
        ManifestStore store = Open();
        for (ulong cut = 1; cut <= 5; cut++)
        {
            Assert.Equal(cut, store.Write(Sample(cut)).Number);
            Assert.Equal(new LogSequence(Math.Max(1, cut - 1)), store.OldestCut);
        }

        Assert.Equal(2, Directory.GetFiles(_temp["manifests"]).Length);
        ManifestStore again = Open();
        Assert.Equal(new LogSequence(5), again.LoadNewest()!.Manifest.Cut);
        Assert.Equal(new LogSequence(4), again.OldestCut);
    }

    [Fact]
    public void Garbage_is_what_no_kept_manifest_refers_to()
    {
        ManifestStore store = Open();
        for (ulong cut = 1; cut <= 4; cut++)
        {
            store.Write(Sample(cut));
        }

        File.WriteAllBytes(Segments().PathOf(new SegmentId(77)), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(_temp["manifests"], "manifest-00000000000000000009.tmp"), [1]);
        Assert.Equal(4, store.CollectGarbage());
        Assert.Equal([new SegmentId(3), new SegmentId(4)], Segments().List());
        Assert.Equal(0, store.CollectGarbage());
        Assert.Empty(Open().LoadNewest()!.Damaged);
    }

    [Fact]
    public void Any_flipped_or_missing_byte_of_the_newest_is_reported_with_the_one_before_it()
    {
        ManifestStore store = Open();
        store.Write(Sample(cut: 1));
        store.Write(Sample(cut: 2));
        string newest = Directory.GetFiles(_temp["manifests"]).Max(StringComparer.Ordinal)!;
        byte[] sound = File.ReadAllBytes(newest);
        for (int at = 0; at < sound.Length; at++)
        {
            byte[] flipped = [.. sound];
            flipped[at] ^= 4;
            foreach (byte[] damaged in new[] { flipped, sound[..at] })
            {
                File.WriteAllBytes(newest, damaged);
                ManifestLoad load = Open().LoadNewest()!;
                Assert.Equal(new LogSequence(1), load.Manifest.Cut);
                Assert.Equal(newest, Assert.IsType<ManifestDamagedException>(Assert.Single(load.Damaged)).File);
            }
        }
    }

    [Fact]
    public void Without_a_sound_manifest_opening_the_newest_is_an_error()
    {
        Open().Write(Sample(cut: 1));
        string path = Assert.Single(Directory.GetFiles(_temp["manifests"]));
        File.WriteAllBytes(path, []);
        Assert.Throws<ManifestDamagedException>(() => Open().LoadNewest());
    }

    [Fact]
    public void A_manifest_whose_segment_is_gone_or_cut_is_damaged()
    {
        ManifestStore store = Open();
        Manifest first = store.Write(Sample(cut: 1));
        Manifest second = store.Write(Sample(cut: 2));
        string segment = Segments().PathOf(second.SegmentBytes.Keys.Single());
        File.WriteAllBytes(segment, File.ReadAllBytes(segment)[..^1]);
        ManifestLoad load = Open().LoadNewest()!;
        Assert.Equal(first.Number, load.Manifest.Number);
        Assert.Equal(segment, Assert.IsType<SegmentDamagedException>(Assert.Single(load.Damaged)).File);
    }

    [Fact]
    public void A_damaged_manifest_does_not_count_as_kept_and_its_number_is_not_used_again()
    {
        ManifestStore store = Open();
        store.Write(Sample(cut: 1));
        Manifest damaged = store.Write(Sample(cut: 2));
        File.WriteAllBytes(Directory.GetFiles(_temp["manifests"]).Max(StringComparer.Ordinal)!, [9]);

        ManifestStore again = Open();
        Manifest third = again.Write(Sample(cut: 3));
        Assert.Equal(damaged.Number + 1, third.Number);
        Assert.Equal(new LogSequence(1), again.OldestCut);
        Assert.Empty(Open().LoadNewest()!.Damaged);

        again.Write(Sample(cut: 4));
        Assert.Equal(2, Directory.GetFiles(_temp["manifests"]).Length);
    }

    [Fact]
    public void A_manifest_that_refers_to_a_missing_segment_is_not_written()
    {
        ManifestRegion region = new(1, 4096, [new ChunkRef(new SegmentId(99), 4096, 1, 0)]);
        Manifest manifest = Sample(cut: 1) with
        {
            Regions = new Dictionary<string, ManifestRegion> { ["r"] = region },
        };
        Assert.Throws<FileNotFoundException>(() => Open().Write(manifest));
        Assert.Null(Open().LoadNewest());
    }

    private Manifest Sample(ulong cut)
    {
        using SegmentWriter writer = Segments().Create();
        ChunkRef[] chunks = [writer.Append(new byte[4096]), writer.Append(new byte[904])];
        writer.Complete();
        return new Manifest
        {
            Epoch = new Epoch(3),
            Cut = new LogSequence(cut),
            States = new Dictionary<string, ReadOnlyMemory<byte>> { ["ids"] = new byte[] { 1, 2, 3 }, ["empty"] = default },
            Regions = new Dictionary<string, ManifestRegion> { ["vectors"] = new(5000, 4096, chunks) },
        };
    }
}
