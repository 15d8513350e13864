using System.Text.Json;
using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Collections.Backups;

/// <summary>The records in a store. They never change, so each is read once. Not safe for concurrent use.</summary>
internal sealed class BackupCatalog(IBlobStore store)
{
    private const int RecordBytesMax = 256 << 20;

    private readonly SortedDictionary<string, BackupRecord> _known = new(StringComparer.Ordinal);

    /// <summary>All records, oldest first.</summary>
    /// <exception cref="BackupException">A record cannot be understood.</exception>
    /// <exception cref="BlobStoreException">The store does not answer.</exception>
    public async Task<IReadOnlyList<BackupRecord>> ReadAllAsync(CancellationToken cancellationToken)
    {
        HashSet<string> there = [];
        await foreach (BlobEntry entry in store.ListAsync(BackupKeys.Records, cancellationToken).ConfigureAwait(false))
        {
            if (BackupKeys.IdIn(entry.Key) is { } id)
            {
                there.Add(id);
                if (!_known.ContainsKey(id))
                {
                    _known.Add(id, await ReadAsync(entry.Key, cancellationToken).ConfigureAwait(false));
                }
            }
        }

        foreach (string gone in _known.Keys.Where(id => !there.Contains(id)).ToList())
        {
            _known.Remove(gone);
        }

        return [.. _known.Values.OrderBy(record => record.Time)];
    }

    /// <summary>Writes a record: from now on the backup is one.</summary>
    public async Task AddAsync(BackupRecord record, CancellationToken cancellationToken)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(record, BackupJson.Default.BackupRecord);
        if (!await store.TryPutNewAsync(BackupKeys.Record(record.Id), bytes, cancellationToken).ConfigureAwait(false))
        {
            throw new BackupException($"there is a backup {record.Id} already in {store.Location}");
        }

        _known[record.Id] = record;
    }

    /// <summary>Deletes records: the backups are none any more.</summary>
    public async Task RemoveAsync(IReadOnlyCollection<BackupRecord> records, CancellationToken cancellationToken)
    {
        await store.DeleteAsync([.. records.Select(record => BackupKeys.Record(record.Id))], cancellationToken).ConfigureAwait(false);
        foreach (BackupRecord record in records)
        {
            _known.Remove(record.Id);
        }
    }

    private async Task<BackupRecord> ReadAsync(string key, CancellationToken cancellationToken)
    {
        byte[] bytes = await store.ReadAsync(key, RecordBytesMax, cancellationToken).ConfigureAwait(false);
        try
        {
            BackupRecord record = JsonSerializer.Deserialize(bytes, BackupJson.Default.BackupRecord)
                ?? throw new BackupException($"'{key}' in {store.Location} is no record of a backup: it is null");
            return record.Format == BackupRecord.CurrentFormat
                ? record
                : throw new BackupException($"'{key}' in {store.Location} has format {record.Format}, known is {BackupRecord.CurrentFormat}");
        }
        catch (JsonException unknown)
        {
            throw new BackupException($"'{key}' in {store.Location} is no record of a backup: {unknown.Message}", unknown);
        }
    }
}
