using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reclaiming;
using OrleansVectors.Partitions.Vectors;
using OrleansVectors.Partitions.Writing;
using OrleansVectors.Storage;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Partitions.Recovery;

/// <summary>
/// A partition's folder: <c>log</c>, <c>segments</c> and <c>manifests</c>. Opening it brings the state back: the newest
/// manifest's chunks are mapped where they belong, the log after its cut is replayed.
/// </summary>
internal sealed class PartitionFolder : IDisposable
{
    /// <summary>Log that awaits a backup is not kept beyond this, or a backup store that is away would fill the disk.</summary>
    private const long UnarchivedBytesMax = 8L << 30;

    private readonly CheckpointArchive? _archive;
    private Manifest? _published;
    private long _segmentBytes;

    // The first operation that no backup has taken; above all others when none is awaited.
    private ulong _unarchivedFrom = ulong.MaxValue;

    private PartitionFolder(IOperationLog log, SegmentFolder segments, ManifestStore manifests, Manifest? newest, RecoveryReport report, CheckpointArchive? archive)
    {
        _archive = archive;
        Log = log;
        Segments = segments;
        Manifests = manifests;
        Newest = newest;
        Report = report;
        MeasureSegments();
    }

    public IOperationLog Log { get; }

    public SegmentFolder Segments { get; }

    public ManifestStore Manifests { get; }

    /// <summary>The last checkpoint; null before the first.</summary>
    public Manifest? Newest { get; set; }

    public RecoveryReport Report { get; }

    /// <summary>Notes that backups have taken the log up to an operation; the next one will want what comes after.</summary>
    public void NoteArchived(LogSequence last) => Interlocked.Exchange(ref _unarchivedFrom, last.Next.Value);

    /// <summary>Puts the newest checkpoint where it outlives the machine, if that is wanted and has not been done.</summary>
    /// <exception cref="IOException">It could not be put; the log behind the last one that was is kept.</exception>
    public async Task PublishAsync()
    {
        if (_archive is not null && Newest is { } newest && newest.Number != _published?.Number)
        {
            await _archive.PutAsync(newest, Segments).ConfigureAwait(false);
            _published = newest;
        }
    }

    /// <summary>Whether the folder holds nothing that the archive and, if it is elsewhere, the log do not.</summary>
    public bool IsCache => _published is { } published && published.Cut == Log.LastSequence;

    /// <summary>Gives back log that neither a recovery nor a backup wants.</summary>
    public void TrimLog()
    {
        LogSequence keepFrom = Manifests.OldestCut!.Value.Next;
        if (_archive is not null && (_published?.Cut ?? LogSequence.None).Next is var unpublished && unpublished < keepFrom)
        {
            keepFrom = unpublished;
        }

        LogSequence unarchived = new(Interlocked.Read(ref _unarchivedFrom));
        if (unarchived < keepFrom && Log.TailBytes(unarchived) <= UnarchivedBytesMax)
        {
            keepFrom = unarchived;
        }

        Log.TrimBefore(keepFrom);
    }

    public int SegmentFiles => Newest?.SegmentBytes.Count ?? 0;

    /// <summary>Bytes of all segment files, those of the manifest before the last included.</summary>
    public long SegmentBytes => Interlocked.Read(ref _segmentBytes);

    /// <summary>Looks at the files again.</summary>
    public void MeasureSegments() => Interlocked.Exchange(ref _segmentBytes, Segments.List().Sum(id => Segments.LengthOf(id) ?? 0));

    /// <exception cref="StorageDamagedException">What was acknowledged cannot be brought back whole.</exception>
    public static PartitionFolder Open(string name, string folder, PartitionState state, OperationApplier applier, Reclaimer reclaimer, PartitionOptions options)
    {
        SegmentFolder segments = new(PartitionPaths.Segments(folder));
        ManifestStore manifests = new(PartitionPaths.Manifests(folder), segments);
        ManifestLoad? load = manifests.LoadNewest();
        Manifest? manifest = load?.Manifest;
        LogSequence cut = manifest?.Cut ?? LogSequence.None;
        if (manifest is not null && options is { Logs: LocalLogs, Checkpoints: null } && LocalLogs.IsEmpty(folder))
        {
            // A log is there before the first checkpoint, and its newest file always stays.
            throw new LogDamagedException(LocalLogs.FolderOf(folder), 0, $"a log that goes on after operation {cut}", "no log file");
        }

        IOperationLog log = options.Logs.Open(name, folder, new LogOptions
        {
            Durability = options.Durability,
            FirstSequence = cut.Next,
            EpochAfter = manifest?.Epoch ?? Epoch.None,
            Clock = options.Clock,
            Retention = options.LogRetention,
        });
        try
        {
            if (manifest is not null)
            {
                Restore(manifest, segments, state, applier);
            }

            long replayed = 0;
            foreach (LogRecord record in log.ReadFrom(cut.Next))
            {
                MakeRoom(state, reclaimer, record.Operation.Span);
                applier.Apply(record.Sequence.Value, record.Operation);
                replayed++;
                if (reclaimer.IsDue)
                {
                    Reclaim(reclaimer);
                }
            }

            segments.BeginEpoch(log.Epoch);
            RecoveryReport report = new(cut.Value, replayed, log.Cut, load?.Damaged ?? []);
            PartitionFolder opened = new(
                log, segments, manifests, manifest, report, options.Checkpoints is { } store ? new CheckpointArchive(store, name) : null);
            if (options.AwaitsBackups)
            {
                opened.NoteArchived(LogSequence.None);
            }

            return opened;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    public void Dispose() => Log.Dispose();

    /// <summary>
    /// Indexing does not run yet, so an index that came from a checkpoint keeps the ordinals of its dead. When they are
    /// wanted, it is given up: it is a cache.
    /// </summary>
    private static void MakeRoom(PartitionState state, Reclaimer reclaimer, ReadOnlySpan<byte> operation)
    {
        bool isHalfFull = state.Table.Count - state.Table.Free.Count > state.Table.OrdinalsMax / 2;
        if (isHalfFull && !new RoomBudget(state).TryTake(OperationCheck.Check(operation, state)))
        {
            foreach (IDisposable index in state.Fields.SelectMany(field => field.ReplaceIndex()))
            {
                index.Dispose();
            }

            Reclaim(reclaimer);
        }
    }

    /// <summary>Frees what the replay has ended: nobody reads yet.</summary>
    private static void Reclaim(Reclaimer reclaimer)
    {
        reclaimer.Begin();
        while (reclaimer.Step() != ReclaimProgress.Done)
        {
        }
    }

    private static void Restore(Manifest manifest, SegmentFolder segments, PartitionState state, OperationApplier applier)
    {
        StateLayout.RestorePartition(manifest, state, applier);
        Dictionary<SegmentId, SegmentReader> readers = [];
        try
        {
            foreach (RegionPart part in StateLayout.DataParts(state))
            {
                if (manifest.Regions.TryGetValue(part.Name, out ManifestRegion? stored))
                {
                    Map(stored, part.Region, segments, readers, verify: part.IsIndex);
                }
            }

            state.Table.Restore();
            state.Ids.Restore();
            foreach (VectorField field in state.Fields)
            {
                field.Index?.Pending.Ordinals.Restore(state.Table.Count);
                RestoreField(field, manifest, segments, readers, state.Applied);
                field.Multi?.Restore(state.Table.Count, ordinal => state.Table.IsVisible(ordinal, ulong.MaxValue - 1));
            }
        }
        finally
        {
            foreach (SegmentReader reader in readers.Values)
            {
                reader.Dispose();
            }
        }
    }

    private static void RestoreField(
        VectorField field, Manifest manifest, SegmentFolder segments, Dictionary<SegmentId, SegmentReader> readers, AppliedState stored)
    {
        if (!manifest.States.ContainsKey(StateLayout.FieldState(field.Schema.Number)))
        {
            field.WriteAbsent(stored.Rows); // the name was added after the checkpoint
            return;
        }

        if (!StateLayout.RestoreField(field, stored.LivePoints, manifest.States))
        {
            return;
        }

        // Only now: the regions of an index with other settings have other sizes.
        foreach (RegionPart part in StateLayout.IndexParts(field))
        {
            Map(manifest.Regions[part.Name], part.Region, segments, readers, verify: false);
        }
    }

    private static unsafe void Map(
        ManifestRegion stored, NativeRegion region, SegmentFolder segments, Dictionary<SegmentId, SegmentReader> readers, bool verify)
    {
        region.EnsureCommitted(stored.UsedBytes);
        for (int i = 0; i < stored.Chunks.Count; i++)
        {
            ChunkRef chunk = stored.Chunks[i];
            if (!readers.TryGetValue(chunk.Segment, out SegmentReader? reader))
            {
                reader = segments.Open(chunk.Segment);
                readers.Add(chunk.Segment, reader);
            }

            if (verify)
            {
                reader.Verify(chunk);
            }

            if (reader.MapInto((nint)(region.Base + ((long)i * stored.ChunkBytes)), chunk))
            {
                region.NoteMapped((long)i * stored.ChunkBytes, chunk.Length);
            }
        }

        region.CollectDirty([]); // what was just put in place is stored already
    }
}
