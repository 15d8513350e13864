using OrleansVectors.Storage.Blobs;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Collections.Backups;

/// <summary>Deletes backups that no moment of the retention time needs, and blobs that no backup has.</summary>
internal sealed class BackupRetention(IBlobStore store, BackupCatalog catalog)
{
    /// <summary>Blobs without a record are left alone for as long: another process may be putting them for a backup of its own.</summary>
    private static readonly TimeSpan OrphanAge = TimeSpan.FromHours(6);

    /// <summary>
    /// The backups of a database that can go: those before the newest that is at least as old as the limit. That one stays,
    /// since moments soon after it begin with it. A backup of some collections alone stays as long as it is the newest of one
    /// of them.
    /// </summary>
    public static IReadOnlyList<BackupRecord> Outdated(IEnumerable<BackupRecord> records, string database, LogTime limit)
    {
        List<BackupRecord> own = [.. records.Where(record => record.Database == database).OrderBy(record => record.Time)];
        List<BackupRecord> old = [.. own.Where(record => record.Moment <= limit)];
        HashSet<string> covered = [];
        List<BackupRecord> outdated = [];
        bool wholeKept = false;
        foreach (BackupRecord record in Enumerable.Reverse(old))
        {
            bool brings = record.Collections.Any(collection => !covered.Contains(collection.Folder));
            covered.UnionWith(record.Collections.Select(collection => collection.Folder));
            if (wholeKept || (!brings && !record.IsWhole))
            {
                outdated.Add(record);
            }

            wholeKept |= record.IsWhole;
        }

        return outdated;
    }

    /// <summary>Deletes records first, then what only they had: a crash in between leaves blobs, never a record without its blobs.</summary>
    /// <returns>How many blobs were deleted.</returns>
    public async Task<int> DeleteAsync(IReadOnlyList<BackupRecord> outdated, CancellationToken cancellationToken)
    {
        await catalog.RemoveAsync(outdated, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<BackupRecord> left = await catalog.ReadAllAsync(cancellationToken).ConfigureAwait(false);
        if (catalog.Unreadable.Count > 0)
        {
            return 0; // nobody knows what those need
        }

        HashSet<string> needed = [.. left.SelectMany(KeysOf)];
        HashSet<string> unneeded = [.. outdated.SelectMany(KeysOf).Where(key => !needed.Contains(key))];
        HashSet<string> folders = [.. outdated.SelectMany(record => record.Collections).Select(collection => collection.Folder)];
        DateTimeOffset orphaned = DateTimeOffset.UtcNow - OrphanAge;
        await foreach (BlobEntry entry in store.ListAsync(BackupKeys.Collections, cancellationToken).ConfigureAwait(false))
        {
            // Folders of other databases are not ours to sweep: one of theirs may be about to refer to what it finds there.
            if (folders.Contains(FolderIn(entry.Key)) && !needed.Contains(entry.Key) && entry.Modified < orphaned)
            {
                unneeded.Add(entry.Key);
            }
        }

        await store.DeleteAsync(unneeded, cancellationToken).ConfigureAwait(false);
        return unneeded.Count;
    }

    private static string FolderIn(string key) => key.Split('/') is [_, var folder, ..] ? folder : "";

    /// <summary>Everything that a backup consists of.</summary>
    public static IEnumerable<string> KeysOf(BackupRecord record)
    {
        foreach (BackupRecord.Collection collection in record.Collections)
        {
            for (int number = 0; number < collection.Partitions.Count; number++)
            {
                BackupRecord.Partition partition = collection.Partitions[number];
                string place = BackupKeys.Partition(collection.Folder, number);
                if (partition.Manifest is { } manifest)
                {
                    yield return manifest;
                }

                foreach (BackupRecord.Segment segment in partition.Segments)
                {
                    yield return BackupKeys.Segment(place, segment.Id);
                }

                foreach (BackupRecord.Chunk chunk in partition.Chunks)
                {
                    yield return chunk.Key;
                }
            }
        }
    }
}
