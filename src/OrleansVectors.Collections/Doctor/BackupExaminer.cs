using OrleansVectors.Collections.Backups;
using OrleansVectors.Partitions.Doctor;
using OrleansVectors.Storage;
using OrleansVectors.Storage.Blobs;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Collections.Doctor;

/// <summary>One examination of a backup store: reads every record, and every blob that a record names, once.</summary>
internal sealed class BackupExaminer(IBlobStore store, string scratch, TimeProvider clock)
{
    private readonly List<BackupRecord> _records = [];
    private readonly Dictionary<string, BlobEntry> _blobs = [];
    private readonly HashSet<string> _damaged = [];
    private readonly List<DoctorFinding> _findings = [];

    public async Task<DoctorReport> ExamineAsync(CancellationToken cancellationToken)
    {
        await ReadRecordsAsync(cancellationToken).ConfigureAwait(false);
        await foreach (BlobEntry entry in store.ListAsync(BackupKeys.Collections, cancellationToken).ConfigureAwait(false))
        {
            _blobs[entry.Key] = entry;
        }

        foreach (IGrouping<string, BackupRecord.Partition> partition in _records
            .SelectMany(record => record.Collections)
            .SelectMany(collection => collection.Partitions.Select((partition, number) => (Place: BackupKeys.Partition(collection.Folder, number), partition)))
            .GroupBy(held => held.Place, held => held.partition))
        {
            await ExamineAsync(partition.Key, [.. partition], cancellationToken).ConfigureAwait(false);
        }

        JudgeChains();
        FindOrphans();
        return new DoctorReport(
            store.Location,
            Collections: [],
            [.. _records.Select(Describe)],
            [.. _findings.OrderByDescending(finding => finding.Severity)],
            Repairs: []);
    }

    private async Task ReadRecordsAsync(CancellationToken cancellationToken)
    {
        List<string> keys = [];
        await foreach (BlobEntry entry in store.ListAsync(BackupKeys.Records, cancellationToken).ConfigureAwait(false))
        {
            keys.Add(entry.Key);
        }

        foreach (string key in keys)
        {
            if (BackupKeys.IdIn(key) is null)
            {
                _findings.Add(new DoctorFinding(FindingSeverity.Note, "not of a backup", key, null, "", "a blob", "nothing reads it; it is left alone"));
                continue;
            }

            try
            {
                BackupRecord record = await BackupCatalog.ReadAsync(store, key, cancellationToken).ConfigureAwait(false);
                BackupRetention.KeysOf(record).ToList().ForEach(named => BlobKey.Check(named));
                _records.Add(record);
            }
            catch (Exception unreadable) when (unreadable is BackupException or BlobStoreException or ArgumentException)
            {
                _findings.Add(new DoctorFinding(
                    FindingSeverity.Error, "record of a backup", key, null, "a record", unreadable.Message,
                    "as long as it is like this no server takes or restores backups in this store: move it away. What only this backup had cannot be brought back without it"));
            }
        }

        _records.Sort(static (left, right) => left.Time.CompareTo(right.Time));
    }

    private async Task ExamineAsync(string place, IReadOnlyList<BackupRecord.Partition> partitions, CancellationToken cancellationToken)
    {
        Dictionary<ChunkRef, bool> isCache = [];
        foreach (BackupRecord.Partition partition in partitions.Where(partition => partition.Manifest is not null).DistinctBy(partition => partition.Manifest))
        {
            foreach ((string name, ManifestRegion region) in (await ReadManifestAsync(partition, cancellationToken).ConfigureAwait(false))?.Regions ?? new Dictionary<string, ManifestRegion>())
            {
                foreach (ChunkRef chunk in region.Chunks)
                {
                    isCache[chunk] = PartitionDoctor.IsCache(name);
                }
            }
        }

        ILookup<ulong, ChunkRef> wanted = isCache.Keys.ToLookup(chunk => chunk.Segment.Value);
        foreach (BackupRecord.Segment segment in partitions.SelectMany(partition => partition.Segments).Distinct())
        {
            await ExamineSegmentAsync(BackupKeys.Segment(place, segment.Id), segment, [.. wanted[segment.Id]], isCache, cancellationToken).ConfigureAwait(false);
        }

        foreach (BackupRecord.Chunk chunk in partitions.SelectMany(partition => partition.Chunks).DistinctBy(chunk => chunk.Key))
        {
            await FetchAsync(chunk.Key, "stretch of log", path => ReadAll(chunk, path), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Manifest?> ReadManifestAsync(BackupRecord.Partition partition, CancellationToken cancellationToken)
    {
        string key = partition.Manifest!;
        try
        {
            Manifest manifest = Manifest.FromBytes(await store.ReadAsync(key, BackupSource.ManifestBytesMax, cancellationToken).ConfigureAwait(false), key);
            bool isRecorded = manifest.Cut.Value == partition.Cut
                && manifest.CutTime.Microseconds == partition.CutTime
                && manifest.Taken.Microseconds == partition.Taken
                && manifest.SegmentBytes.Count == partition.Segments.Count
                && partition.Segments.All(segment => manifest.SegmentBytes.GetValueOrDefault(new SegmentId(segment.Id)) == segment.Bytes);
            if (!isRecorded)
            {
                Tell(key, "checkpoint", null, $"operation {partition.Cut} and the {partition.Segments.Count} segments of the record, at its times", $"operation {manifest.Cut} of {manifest.CutTime} and {manifest.SegmentBytes.Count} segments");
            }

            return manifest;
        }
        catch (StorageDamagedException damage)
        {
            Tell(key, "checkpoint", damage.Offset, damage.Expected, damage.Actual);
        }
        catch (BlobStoreException unreadable)
        {
            await TellUnreadableAsync(key, "checkpoint", unreadable, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private async Task ExamineSegmentAsync(
        string key, BackupRecord.Segment segment, IReadOnlyCollection<ChunkRef> wanted, Dictionary<ChunkRef, bool> isCache, CancellationToken cancellationToken)
    {
        if (_blobs.TryGetValue(key, out BlobEntry? entry) && entry.Bytes != segment.Bytes)
        {
            Tell(key, "segment", Math.Min(entry.Bytes, segment.Bytes), $"{segment.Bytes} bytes", $"{entry.Bytes} bytes");
            return;
        }

        await FetchAsync(
            key,
            "segment",
            path =>
            {
                SegmentInspection found = SegmentInspection.Run(Path.GetDirectoryName(path)!, new SegmentId(segment.Id), wanted, cancellationToken);
                foreach (SegmentDamagedException? damage in (SegmentDamagedException?[])[found.Unreadable, found.Table])
                {
                    Tell(key, "segment", damage?.Offset, damage?.Expected, damage?.Actual);
                }

                foreach ((ChunkRef chunk, SegmentDamagedException damage) in found.Chunks)
                {
                    bool isUnneeded = !isCache.TryGetValue(chunk, out bool isOfIndex);
                    Tell(
                        key, isUnneeded ? "superseded chunk" : isOfIndex ? "chunk of an index" : "chunk of data", damage.Offset, damage.Expected, damage.Actual,
                        isUnneeded || isOfIndex ? FindingSeverity.Warning : FindingSeverity.Error);
                }

                if (found.Padding is { } padding)
                {
                    Tell(key, "room behind a chunk", padding.Offset, padding.Expected, padding.Actual, FindingSeverity.Warning);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static void ReadAll(BackupRecord.Chunk chunk, string path)
    {
        foreach (LogRecord record in chunk.Stretch.Read(path))
        {
            // Reading is what checks, but for the times that the record of the backup has noted.
            long? noted = record.Sequence.Value == chunk.First ? chunk.FirstTime : record.Sequence.Value == chunk.Last ? chunk.LastTime : null;
            if (noted is { } time && record.Time.Microseconds != time)
            {
                throw new LogDamagedException(path, 0, $"operation {record.Sequence} of {new LogTime(time)}, as the record of the backup says", $"{record.Time}");
            }
        }
    }

    /// <summary>Reads a blob into a file of its own name and looks at that.</summary>
    private async Task FetchAsync(string key, string what, Action<string> look, CancellationToken cancellationToken)
    {
        string path = Path.Combine(scratch, key[(key.LastIndexOf('/') + 1)..]);
        try
        {
            await store.ReadToFileAsync(key, path, cancellationToken).ConfigureAwait(false);
            look(path);
        }
        catch (StorageDamagedException damage)
        {
            Tell(key, what, damage.Offset, damage.Expected, damage.Actual);
        }
        catch (BlobStoreException unreadable)
        {
            await TellUnreadableAsync(key, what, unreadable, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A blob that is not there is no loss if its backups have gone since their records were read.</summary>
    private async Task TellUnreadableAsync(string key, string what, BlobStoreException unreadable, CancellationToken cancellationToken)
    {
        foreach (BackupRecord record in _records.Where(record => BackupRetention.KeysOf(record).Contains(key)).ToList())
        {
            if (await store.LengthAsync(BackupKeys.Record(record.Id), cancellationToken).ConfigureAwait(false) is null)
            {
                _records.Remove(record);
            }
        }

        if (_records.Any(record => BackupRetention.KeysOf(record).Contains(key)))
        {
            Tell(key, what, null, "a blob", unreadable is BlobNotFoundException ? "none" : unreadable.Message);
        }
    }

    private void Tell(string key, string what, long? offset, string? expected, string? found, FindingSeverity severity = FindingSeverity.Error)
    {
        if (expected is null)
        {
            return;
        }

        _damaged.Add(key);
        string[] needing = [.. _records.Where(record => BackupRetention.KeysOf(record).Contains(key)).Select(record => record.Id)];
        string backups = needing.Length <= 3 ? string.Join(", ", needing) : $"{needing[0]} to {needing[^1]} ({needing.Length} of them)";
        _findings.Add(new DoctorFinding(severity, what, key, offset, expected, found ?? "", severity == FindingSeverity.Error
            ? $"backups that need it cannot be restored: {backups}. Later ones take it over as it is, so take a backup of the sound database into another store"
            : $"a restore of {backups} goes without it: an index is built again"));
    }

    /// <summary>Each backup's log goes on from its checkpoint without a gap.</summary>
    private void JudgeChains()
    {
        foreach (BackupRecord record in _records)
        {
            foreach ((BackupRecord.Collection collection, BackupRecord.Partition partition) in record.Collections.SelectMany(collection => collection.Partitions.Select(partition => (collection, partition))))
            {
                ulong next = partition.Cut + 1;
                foreach (BackupRecord.Chunk chunk in partition.Chunks.Where(chunk => chunk.First <= next))
                {
                    next = Math.Max(next, chunk.Last + 1);
                }

                if (next <= partition.Last)
                {
                    _findings.Add(new DoctorFinding(
                        FindingSeverity.Error, $"log of `{collection.Description.Name}` in backup {record.Id}", BackupKeys.Record(record.Id), null,
                        $"operations {partition.Cut + 1} to {partition.Last}", $"none from {next} on", "the collection cannot be restored from this backup alone"));
                }
            }
        }
    }

    private void FindOrphans()
    {
        HashSet<string> needed = [.. _records.SelectMany(BackupRetention.KeysOf)];
        bool isComplete = !_findings.Any(finding => finding.Place.StartsWith(BackupKeys.Records, StringComparison.Ordinal));
        foreach (BlobEntry entry in _blobs.Values.Where(entry => !needed.Contains(entry.Key)))
        {
            TimeSpan age = clock.GetUtcNow() - entry.Modified;
            _findings.Add(new DoctorFinding(
                FindingSeverity.Note, "blob that no backup has", entry.Key, null, "", $"{entry.Bytes} bytes, put {Age(age)} ago",
                isComplete
                    ? "a backup that is being taken or was interrupted put it; retention deletes those that are six hours old"
                    : "a backup that is being taken or was interrupted put it, or it belongs to a record that cannot be read"));
        }
    }

    private static string Age(TimeSpan age)
        => age.TotalDays >= 2 ? $"{(long)age.TotalDays} days" : age.TotalHours >= 2 ? $"{(long)age.TotalHours} hours" : $"{Math.Max(0, (long)age.TotalMinutes)} minutes";

    private BackupExamination Describe(BackupRecord record)
    {
        string[] keys = [.. BackupRetention.KeysOf(record).Distinct()];
        return new BackupExamination(
            record.Id,
            record.Moment.ToMoment(),
            [.. record.Collections.Select(collection => collection.Description.Name)],
            keys.Length,
            keys.Sum(key => _blobs.GetValueOrDefault(key)?.Bytes ?? 0),
            keys.Count(_damaged.Contains));
    }
}
