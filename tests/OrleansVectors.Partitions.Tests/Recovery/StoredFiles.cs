using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Partitions.Tests.Recovery;

/// <summary>The checkpoint files of a closed partition, to be looked at and damaged.</summary>
internal sealed class StoredFiles
{
    private readonly string _folder;
    private readonly SegmentFolder _segments;
    private readonly Manifest _newest;

    public StoredFiles(string folder)
    {
        _folder = folder;
        _segments = new SegmentFolder(Path.Combine(folder, "segments"));
        _newest = new ManifestStore(Path.Combine(folder, "manifests"), _segments).LoadNewest()!.Manifest;
    }

    public ulong Cut => _newest.Cut.Value;

    public IEnumerable<string> Regions => _newest.Regions.Keys;

    public long SegmentBytes => new DirectoryInfo(_segments.Path).EnumerateFiles().Sum(file => file.Length);

    /// <summary>Changes one byte of a region's first chunk and returns the file it is in.</summary>
    public string Flip(string region, int at)
    {
        ChunkRef chunk = _newest.Regions[region].Chunks[0];
        string path = _segments.PathOf(chunk.Segment);
        FlipByte(path, chunk.Offset + at);
        return path;
    }

    /// <summary>Changes a byte of the newest manifest.</summary>
    public void FlipManifest()
        => FlipByte(Directory.EnumerateFiles(Path.Combine(_folder, "manifests")).Max()!, 100);

    private static void FlipByte(string path, long offset)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = offset;
        int value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 0x10));
    }
}
