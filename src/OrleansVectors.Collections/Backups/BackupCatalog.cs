using System.Text.Json;
using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Collections.Backups;

/// <summary>The records in a store. They never change, so each is read once. Not safe for concurrent use.</summary>
internal sealed class BackupCatalog(IBlobStore store)
{
    private const int RecordBytesMax = 256 << 20;

    private readonly SortedDictionary<string, BackupRecord> _known = new(StringComparer.Ordinal);

    /// <summary>Records that cannot be read, with the reasons. The others do without them.</summary>
    public IReadOnlyDictionary<string, string> Unreadable { get; private set; } = new Dictionary<string, string>();

    /// <summary>All records that can be read, oldest first.</summary>
    /// <exception cref="BlobStoreException">The store does not answer.</exception>
    public async Task<IReadOnlyList<BackupRecord>> ReadAllAsync(CancellationToken cancellationToken)
    {
        HashSet<string> there = [];
        Dictionary<string, string> unreadable = [];
        await foreach (BlobEntry entry in store.ListAsync(BackupKeys.Records, cancellationToken).ConfigureAwait(false))
        {
            if (BackupKeys.IdIn(entry.Key) is { } id)
            {
                there.Add(id);
                if (!_known.ContainsKey(id))
                {
                    try
                    {
                        _known.Add(id, await ReadAsync(store, entry.Key, cancellationToken).ConfigureAwait(false));
                    }
                    catch (BackupException failure)
                    {
                        unreadable[id] = failure.Message;
                    }
                }
            }
        }

        foreach (string gone in _known.Keys.Where(id => !there.Contains(id)).ToList())
        {
            _known.Remove(gone);
        }

        Unreadable = unreadable;
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

    /// <summary>Reads one record.</summary>
    /// <exception cref="BackupException">It cannot be understood.</exception>
    /// <exception cref="BlobStoreException">It is not there, or the store does not answer.</exception>
    public static async Task<BackupRecord> ReadAsync(IBlobStore store, string key, CancellationToken cancellationToken)
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
