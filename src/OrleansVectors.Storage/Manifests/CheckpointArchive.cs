using System.Globalization;
using OrleansVectors.Storage.Blobs;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Storage.Manifests;

/// <summary>
/// The checkpoints of a partition in a blob store, where they outlive the machine: its folder is then a cache of them. One
/// call at a time.
/// </summary>
/// <remarks>
/// Keys: <c>checkpoints/NAME/segments/ID.seg</c> and <c>checkpoints/NAME/manifests/NUMBER-EPOCH</c>. Segments are put first,
/// the manifest last: it is the commit point. Nothing rests on a condition of the store. Numbers of segments are unique over
/// all openings, so two that wrote at once, one of them fenced and not yet aware of it, never put different bytes under one
/// key; each one's checkpoint is a state that the log led to, so either may be read.
/// </remarks>
/// <param name="store">The store.</param>
/// <param name="name">The partition's name, see <see cref="ILogStore"/>.</param>
public sealed class CheckpointArchive(IBlobStore store, string name)
{
    private const int ManifestBytesMax = 1 << 30;

    /// <summary>Manifests that stay, the newest included: one that reads the last but one may still be copying.</summary>
    private const int Kept = 2;

    private readonly string _place = $"checkpoints/{name}/";

    // What the store has, once it has been asked.
    private Dictionary<ulong, long>? _segments;
    private readonly List<(string Key, Manifest Manifest)> _manifests = [];

    /// <summary>Puts a checkpoint's files that the store lacks, then its manifest; then lets old ones go.</summary>
    /// <exception cref="BlobStoreException">The store does not take it; what was there still counts.</exception>
    public async Task PutAsync(Manifest manifest, SegmentFolder segments, CancellationToken cancellationToken = default)
    {
        Dictionary<ulong, long> there = _segments ??= await ListSegmentsAsync(cancellationToken).ConfigureAwait(false);
        foreach ((SegmentId id, long bytes) in manifest.SegmentBytes.OrderBy(segment => segment.Key))
        {
            if (there.GetValueOrDefault(id.Value) != bytes)
            {
                await store.PutFileAsync(SegmentKey(id), segments.PathOf(id), cancellationToken).ConfigureAwait(false);
                there[id.Value] = bytes;
            }
        }

        string key = $"{_place}manifests/{manifest.Number:D20}-{manifest.Epoch.Value:D20}";
        await store.PutAsync(key, manifest.ToBytes(), cancellationToken).ConfigureAwait(false);
        _manifests.Insert(0, (key, manifest));
        await DropOldAsync(there, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The manifest that reaches furthest; null when there is none.</summary>
    /// <exception cref="ManifestDamagedException">It is not what was put.</exception>
    /// <exception cref="BlobStoreException">The store does not answer.</exception>
    public async Task<Manifest?> FindNewestAsync(CancellationToken cancellationToken = default)
    {
        Manifest? newest = null;
        _manifests.Clear();
        await foreach (BlobEntry entry in store.ListAsync($"{_place}manifests/", cancellationToken).ConfigureAwait(false))
        {
            byte[] bytes = await store.ReadAsync(entry.Key, ManifestBytesMax, cancellationToken).ConfigureAwait(false);
            Manifest manifest = Manifest.FromBytes(bytes, $"{store.Location}/{entry.Key}");
            _manifests.Insert(0, (entry.Key, manifest));
            newest = newest is null || (manifest.Cut, manifest.Number).CompareTo((newest.Cut, newest.Number)) >= 0 ? manifest : newest;
        }

        return newest;
    }

    /// <summary>Copies a checkpoint to a partition's folder, as its newest; files that are there already are left.</summary>
    /// <exception cref="BlobStoreException">The store does not answer, or lacks a file.</exception>
    public async Task FetchAsync(Manifest manifest, string segmentFolder, string manifestFolder, CancellationToken cancellationToken = default)
    {
        SegmentFolder segments = new(segmentFolder);
        foreach ((SegmentId id, long bytes) in manifest.SegmentBytes.OrderBy(segment => segment.Key))
        {
            if (segments.LengthOf(id) != bytes)
            {
                await store.ReadToFileAsync(SegmentKey(id), segments.PathOf(id), cancellationToken).ConfigureAwait(false);
            }
        }

        new ManifestStore(manifestFolder, segments).Write(manifest);
    }

    /// <summary>Deletes everything the store has of the partition.</summary>
    public async Task DeleteAsync(CancellationToken cancellationToken = default)
    {
        List<string> keys = [];
        await foreach (BlobEntry entry in store.ListAsync(_place, cancellationToken).ConfigureAwait(false))
        {
            keys.Add(entry.Key);
        }

        await store.DeleteAsync(keys, cancellationToken).ConfigureAwait(false);
        _segments = [];
        _manifests.Clear();
    }

    private async Task DropOldAsync(Dictionary<ulong, long> there, CancellationToken cancellationToken)
    {
        List<string> unneeded = [.. _manifests.Skip(Kept).Select(old => old.Key)];
        if (_manifests.Count > Kept)
        {
            _manifests.RemoveRange(Kept, _manifests.Count - Kept);
        }

        HashSet<ulong> needed = [.. _manifests.SelectMany(kept => kept.Manifest.SegmentBytes.Keys).Select(id => id.Value)];
        ulong[] gone = [.. there.Keys.Where(id => !needed.Contains(id))];
        unneeded.AddRange(gone.Select(id => SegmentKey(new SegmentId(id))));
        if (unneeded.Count > 0)
        {
            await store.DeleteAsync(unneeded, cancellationToken).ConfigureAwait(false);
            gone.ToList().ForEach(id => there.Remove(id));
        }
    }

    private async Task<Dictionary<ulong, long>> ListSegmentsAsync(CancellationToken cancellationToken)
    {
        await FindNewestAsync(cancellationToken).ConfigureAwait(false); // so that old manifests are known, and go in time
        Dictionary<ulong, long> segments = [];
        string prefix = $"{_place}segments/";
        await foreach (BlobEntry entry in store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            string file = Path.GetFileNameWithoutExtension(entry.Key[prefix.Length..]);
            if (ulong.TryParse(file, NumberStyles.None, CultureInfo.InvariantCulture, out ulong id))
            {
                segments[id] = entry.Bytes;
            }
        }

        return segments;
    }

    private string SegmentKey(SegmentId id) => $"{_place}segments/{id.Value:D20}.seg";
}
