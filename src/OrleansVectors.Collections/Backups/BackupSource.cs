using System.Runtime.CompilerServices;
using OrleansVectors.Collections.Copies;
using OrleansVectors.Storage.Blobs;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Collections.Backups;

/// <summary>A partition in a backup store as a source.</summary>
internal sealed class BackupSource : IPartitionSource
{
    public const int ManifestBytesMax = 1 << 30;

    private readonly IBlobStore _store;
    private readonly BackupPlan _plan;
    private readonly string _scratch;

    private BackupSource(IBlobStore store, BackupPlan plan, string scratch, Manifest? manifest)
    {
        _store = store;
        _plan = plan;
        _scratch = scratch;
        Manifest = manifest;
    }

    public Manifest? Manifest { get; }

    public bool NeedsChecking => true;

    /// <summary>Reads what the plan begins with.</summary>
    /// <param name="store">Where the backups are.</param>
    /// <param name="plan">What to bring back.</param>
    /// <param name="scratch">A folder for files on their way.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<BackupSource> OpenAsync(IBlobStore store, BackupPlan plan, string scratch, CancellationToken cancellationToken)
    {
        Manifest? manifest = plan.Manifest is { } key
            ? Manifest.FromBytes(await store.ReadAsync(key, ManifestBytesMax, cancellationToken).ConfigureAwait(false), $"{store.Location}/{key}")
            : null;
        return manifest is null || manifest.Cut == plan.Cut
            ? new BackupSource(store, plan, scratch, manifest)
            : throw new BackupException($"the manifest '{plan.Manifest}' in {store.Location} ends with operation {manifest.Cut}, the backup says {plan.Cut}");
    }

    public Task FetchAsync(SegmentId id, string path, CancellationToken cancellationToken)
        => _store.ReadToFileAsync(BackupKeys.Segment(_plan.Place, id.Value), path, cancellationToken);

    public async IAsyncEnumerable<LogRecord> Records([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string path = Path.Combine(_scratch, Guid.NewGuid().ToString("N"));
        LogSequence next = _plan.Cut.Next;
        try
        {
            foreach (BackupRecord.Chunk chunk in _plan.Chunks)
            {
                await _store.ReadToFileAsync(chunk.Key, path, cancellationToken).ConfigureAwait(false);
                foreach (LogRecord record in chunk.Stretch.Read(path))
                {
                    if (record.Time > _plan.Moment)
                    {
                        yield break;
                    }

                    // Chunks may begin before the checkpoint ends, and overlap.
                    if (record.Sequence == next)
                    {
                        yield return record;
                        next = next.Next;
                    }
                }
            }
        }
        finally
        {
            File.Delete(path);
        }
    }
}
