using OrleansVectors.Partitions.Vectors;
using OrleansVectors.Storage;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Partitions.Recovery;

/// <summary>
/// Reads the chunks of a checkpoint after a partition has opened, and checks them: opening maps vectors, payloads and
/// graphs without looking, so that it takes no time that grows with them.
/// </summary>
/// <remarks>
/// Graphs come first, since nothing may follow their links before they are known to be sound: until then searches scan.
/// A damaged graph is built again. Damage anywhere else is told to the partition, which from then on refuses everything:
/// better no answer than a wrong one. Segment files are held open from the start, so a checkpoint may delete them.
/// </remarks>
internal sealed class ChunkVerification : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<SegmentId, SegmentReader> _readers;
    private readonly Task<bool> _work;

    /// <summary>Opens the files; nothing is read before <see cref="Start"/>.</summary>
    /// <param name="folder">The folder with the manifest that was mapped.</param>
    /// <param name="state">What it was mapped into.</param>
    /// <param name="indexChecked">Told of each field that has a restored index whether that is damaged (null: it is sound).</param>
    /// <param name="dataDamaged">Told of the first damage elsewhere.</param>
    public ChunkVerification(
        PartitionFolder folder,
        PartitionState state,
        Action<VectorField, StorageDamagedException?> indexChecked,
        Action<StorageDamagedException> dataDamaged)
    {
        Manifest manifest = folder.Newest!;
        VectorField[] fields = [.. state.Fields.Where(field => field.Index is { IsTrusted: false })];
        string[] data = [.. StateLayout.DataParts(state).Select(part => part.Name)];
        _readers = manifest.SegmentBytes.Keys.ToDictionary(id => id, folder.Segments.Open);
        _work = new Task<bool>(() =>
        {
            try
            {
                foreach (VectorField field in fields)
                {
                    indexChecked(field, FirstDamage(manifest, StateLayout.IndexParts(field).Select(part => part.Name)));
                }

                if (FirstDamage(manifest, data) is not { } damage)
                {
                    return true;
                }

                dataDamaged(damage);
                return false;
            }
            catch (OperationCanceledException)
            {
                return false; // The partition is being closed.
            }
            finally
            {
                foreach (SegmentReader reader in _readers.Values)
                {
                    reader.Dispose();
                }
            }
        });
    }

    /// <summary>
    /// Ends when everything has been read: true when all but graphs is sound; false when it is not, or was not read to the
    /// end because the partition closed.
    /// </summary>
    public Task<bool> Sound => _work;

    /// <summary>Starts reading, on a thread of the pool. Call it once.</summary>
    public void Start() => _work.Start(TaskScheduler.Default);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _stop.Dispose();
    }

    private StorageDamagedException? FirstDamage(Manifest manifest, IEnumerable<string> regions)
    {
        foreach (ChunkRef chunk in regions.Where(manifest.Regions.ContainsKey).SelectMany(name => manifest.Regions[name].Chunks))
        {
            _stop.Token.ThrowIfCancellationRequested();
            SegmentReader reader = _readers[chunk.Segment];
            try
            {
                reader.Verify(chunk);
            }
            catch (StorageDamagedException damage)
            {
                return damage;
            }
            catch (IOException unreadable)
            {
                return new SegmentDamagedException(reader.Path, chunk.Offset, "readable bytes", unreadable.Message);
            }
        }

        return null;
    }
}
