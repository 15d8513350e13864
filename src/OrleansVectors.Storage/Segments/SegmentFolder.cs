using System.Globalization;
using OrleansVectors.Storage.Folders;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Segments;

/// <summary>The segment files of one partition.</summary>
public sealed class SegmentFolder
{
    /// <summary>An opening has 2 to the power of this many numbers.</summary>
    private const int SegmentsPerEpochBits = 24;

    private readonly Lock _gate = new();
    private ulong _lastId;

    /// <summary>Opens a folder, creating it if need be.</summary>
    public SegmentFolder(string folder)
    {
        FolderCreation.Ensure(folder);
        Path = System.IO.Path.GetFullPath(folder);
        _lastId = List() is [.., SegmentId newest] ? newest.Value : 0;
    }

    /// <summary>Path of the folder.</summary>
    public string Path { get; }

    /// <summary>
    /// Sees to it that segments from now on have numbers that no other opening of the partition gives, those whose files are
    /// gone included: what has been copied elsewhere under a number is never another segment.
    /// </summary>
    public void BeginEpoch(Epoch epoch)
    {
        lock (_gate)
        {
            _lastId = Math.Max(_lastId, epoch.Value << SegmentsPerEpochBits);
        }
    }

    /// <summary>Begins a segment whose number no file in the folder has had since this object was made.</summary>
    public SegmentWriter Create()
    {
        lock (_gate)
        {
            return new SegmentWriter(Path, new SegmentId(++_lastId));
        }
    }

    /// <summary>Opens a segment for reading.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="SegmentDamagedException">It is not a whole segment.</exception>
    public SegmentReader Open(SegmentId id) => SegmentReader.Open(Path, id);

    /// <summary>Size of a segment's file in bytes; null if it is not there.</summary>
    public long? LengthOf(SegmentId id)
    {
        FileInfo file = new(PathOf(id));
        return file.Exists ? file.Length : null;
    }

    /// <summary>Path of a segment's file, whether it is there or not.</summary>
    public string PathOf(SegmentId id) => System.IO.Path.Combine(Path, SegmentFormat.FileName(id));

    /// <summary>The segments in the folder, complete or not, by number.</summary>
    public IReadOnlyList<SegmentId> List()
    {
        List<SegmentId> ids = [];
        foreach (string path in Directory.EnumerateFiles(Path, "*" + SegmentFormat.Extension))
        {
            ReadOnlySpan<char> name = System.IO.Path.GetFileNameWithoutExtension(path.AsSpan());
            if (ulong.TryParse(name, NumberStyles.None, null, out ulong id))
            {
                ids.Add(new SegmentId(id));
            }
        }

        ids.Sort();
        return ids;
    }

    /// <summary>Deletes a segment's file. Readers and mappings of it go on (but not on Windows, where this fails).</summary>
    public void Delete(SegmentId id) => File.Delete(PathOf(id));
}
