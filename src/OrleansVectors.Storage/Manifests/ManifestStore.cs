using System.Globalization;
using OrleansVectors.Storage.Folders;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Storage.Manifests;

/// <summary>
/// The manifests of one partition. Writing one is the commit point of a checkpoint: before it the old state counts,
/// after it the new one. One thread at a time, but for <see cref="PinNewest"/> and what it returns.
/// </summary>
/// <remarks>
/// A checkpoint is: write and complete segments; <see cref="Write"/>; then, when convenient,
/// <see cref="IOperationLog.TrimBefore"/> with the operation after <see cref="OldestCut"/>, and <see cref="CollectGarbage"/>.
/// A crash between any two of them leaves files that nothing refers to, which the next collection deletes. What a
/// <see cref="ManifestPin"/> holds counts as referred to.
/// </remarks>
public sealed class ManifestStore
{
    private const string Prefix = "manifest-";

    private readonly string _folder;
    private readonly SegmentFolder _segments;
    private readonly int _kept;

    // Held while manifests and files come and go, and while a pin is put on or taken off.
    private readonly Lock _gate = new();
    private readonly List<Manifest> _pinned = [];

    // The sound manifests in the folder, newest first. Damaged files are in none of these.
    private readonly List<Manifest> _sound = [];
    private readonly List<(ulong Number, StorageDamagedException Damage)> _damaged = [];
    private ulong _lastNumber;

    /// <summary>Opens the manifests in a folder, creating it if need be, and reads them all.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="segments">Where the segments are that the manifests refer to.</param>
    /// <param name="kept">How many manifests stay, the newest included; at least 1.</param>
    public ManifestStore(string folder, SegmentFolder segments, int kept = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kept, 1);
        FolderCreation.Ensure(folder);
        _folder = Path.GetFullPath(folder);
        _segments = segments;
        _kept = kept;
        foreach (ulong number in ListNumbers(_folder))
        {
            _lastNumber = Math.Max(_lastNumber, number);
            ReadFile(number);
        }
    }

    /// <summary>
    /// The cut of the oldest manifest that is sound or pinned: the log must keep everything after it. Null when there is no
    /// manifest.
    /// </summary>
    public LogSequence? OldestCut
    {
        get
        {
            lock (_gate)
            {
                return _sound.Count == 0 ? null : _pinned.Append(_sound[^1]).Min(manifest => manifest.Cut);
            }
        }
    }

    /// <summary>Keeps the files of the newest manifest, and the log behind it, until the pin is taken off; null before the first.</summary>
    public ManifestPin? PinNewest()
    {
        lock (_gate)
        {
            if (_sound.Count == 0)
            {
                return null;
            }

            Manifest newest = _sound[0];
            _pinned.Add(newest);
            return new ManifestPin(newest, _segments, () =>
            {
                lock (_gate)
                {
                    _pinned.Remove(newest);
                }
            });
        }
    }

    /// <summary>The newest sound manifest; null for a partition that never had a checkpoint.</summary>
    /// <exception cref="StorageDamagedException">There are manifests and none is sound; this is about the newest.</exception>
    public ManifestLoad? LoadNewest()
    {
        if (_sound.Count == 0)
        {
            return _damaged.Count == 0 ? null : throw _damaged[0].Damage;
        }

        ulong newest = _sound[0].Number;
        return new ManifestLoad(_sound[0], [.. _damaged.Where(file => file.Number > newest).Select(file => file.Damage)]);
    }

    /// <summary>
    /// Writes a manifest as the newest, durably, and deletes those that are no longer kept. The segments must be complete.
    /// </summary>
    /// <param name="manifest">
    /// The manifest; one that has a number, because it comes from elsewhere, keeps it unless that has been given: what goes on
    /// from it must not be taken for what went on from it elsewhere.
    /// </param>
    /// <returns>The manifest with its number and the sizes of its segments.</returns>
    /// <exception cref="FileNotFoundException">A segment it refers to is not there; nothing was written.</exception>
    /// <exception cref="IOException">The disk is full or fails; what counted before still counts.</exception>
    public Manifest Write(Manifest manifest)
    {
        Dictionary<SegmentId, long> segmentBytes = [];
        foreach (SegmentId id in manifest.ReferencedSegments())
        {
            segmentBytes.Add(id, _segments.LengthOf(id)
                ?? throw new FileNotFoundException($"Segment {id} is not there.", _segments.PathOf(id)));
        }

        Manifest numbered = manifest with { Number = Math.Max(_lastNumber + 1, manifest.Number), SegmentBytes = segmentBytes };
        string path = PathOf(numbered.Number);
        try
        {
            AtomicFile.Replace(path, ManifestFormat.Encode(numbered));
        }
        catch
        {
            // It may have got its name before something failed; it must not count after a crash, its segments may be gone.
            File.Delete(path);
            throw;
        }

        lock (_gate)
        {
            _lastNumber = numbered.Number;
            _sound.Insert(0, numbered);
            DropOld();
        }

        return numbered;
    }

    /// <summary>
    /// Deletes segment files that no sound manifest refers to, among them what crashed checkpoints left. Not while a
    /// checkpoint is being written: its segments are not referred to yet.
    /// </summary>
    /// <returns>How many files were deleted.</returns>
    public int CollectGarbage()
    {
        int deleted = 0;
        lock (_gate)
        {
            HashSet<SegmentId> referenced = [.. _sound.Concat(_pinned).SelectMany(manifest => manifest.SegmentBytes.Keys)];
            foreach (SegmentId id in _segments.List())
            {
                if (!referenced.Contains(id))
                {
                    _segments.Delete(id);
                    deleted++;
                }
            }
        }

        foreach (string leftover in Directory.GetFiles(_folder, Prefix + "*" + AtomicFile.TemporaryExtension))
        {
            File.Delete(leftover);
            deleted++;
        }

        return deleted;
    }

    private void ReadFile(ulong number)
    {
        string path = PathOf(number);
        try
        {
            Manifest manifest = ManifestFormat.Decode(File.ReadAllBytes(path), path, number);
            foreach ((SegmentId id, long bytes) in manifest.SegmentBytes)
            {
                long actual = _segments.LengthOf(id) ?? 0;
                if (actual != bytes)
                {
                    throw new SegmentDamagedException(_segments.PathOf(id), actual, $"{bytes} bytes", $"{actual} bytes");
                }
            }

            _sound.Add(manifest);
        }
        catch (StorageDamagedException damage)
        {
            _damaged.Add((number, damage));
        }
    }

    /// <summary>Deletes manifests behind the last one kept, sound or damaged.</summary>
    private void DropOld()
    {
        if (_sound.Count <= _kept)
        {
            return;
        }

        ulong oldest = _sound[_kept - 1].Number;
        foreach (ulong number in ListNumbers(_folder).Where(number => number < oldest))
        {
            File.Delete(PathOf(number));
        }

        _sound.RemoveRange(_kept, _sound.Count - _kept);
        _damaged.RemoveAll(file => file.Number < oldest);
    }

    /// <summary>The numbers of all manifest files, newest first.</summary>
    internal static List<ulong> ListNumbers(string folder)
    {
        List<ulong> numbers = [];
        foreach (string path in Directory.EnumerateFiles(folder, Prefix + "*"))
        {
            ReadOnlySpan<char> name = Path.GetFileName(path.AsSpan())[Prefix.Length..];
            if (ulong.TryParse(name, NumberStyles.None, null, out ulong number))
            {
                numbers.Add(number);
            }
        }

        numbers.Sort(static (left, right) => right.CompareTo(left));
        return numbers;
    }

    internal static string PathOf(string folder, ulong number) => Path.Combine(folder, $"{Prefix}{number:D20}");

    private string PathOf(ulong number) => PathOf(_folder, number);
}
