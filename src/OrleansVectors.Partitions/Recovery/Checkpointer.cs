using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Indexing;
using OrleansVectors.Partitions.Vectors;
using OrleansVectors.Partitions.Writing;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Partitions.Recovery;

/// <summary>
/// Writes what is new in memory to an immutable segment file and commits it with a manifest, so that recovery replays
/// only the log behind it.
/// </summary>
/// <remarks>
/// 1. Indexing is paused, so graphs stand still and hold no ordinal that the cut does not have.
/// 2. Between two operations the cut is taken: marks are collected and what changes in place is copied (rows, ids and the
///    like). Vectors and payloads that are wanted at the cut stay as they are while the checkpoint is inside the gate.
/// 3. Graph chunks are written, then indexing goes on.
/// 4. The other chunks are written; the segment is flushed; the manifest is replaced: that is the commit point. Where
///    checkpoints are to outlive the machine, what is new is put there.
/// 5. The log is trimmed and files that no manifest refers to are deleted. When the files hold much more than is wanted,
///    the chunks left in the most superseded ones are marked, so that the next checkpoint moves them and the files can go.
/// Writes and searches go on throughout, but for the copying of step 2. A failure gives the marks back and is tried
/// again when as much log, or as many insertions, have come again. What only indexes have taken up is stored once nothing more comes. Nothing is written before the files of the last checkpoint have been checked:
/// a chunk that was mapped damaged would otherwise get a new checksum that fits the damage.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose of.")]
internal sealed class Checkpointer(
    PartitionFolder folder, PartitionState state, WritePipeline writes, PartitionIndexing indexing, LogClock clock, long logBytesMin)
{
    /// <summary>Recovery never has more log to replay than this, for however large a partition (but for one checkpoint's time).</summary>
    private const long LogBytesMax = 512L << 20;

    /// <summary>A checkpoint is due when the log is this part of the data: so all checkpoints together write a few times the data.</summary>
    private const int DataShare = 4;

    /// <summary>
    /// Insertions into indexes that are worth a checkpoint of their own, if they are one in <see cref="IdleShare"/> too: a restart
    /// would have to do them again. It is written when nothing more has come for <see cref="QuietTime"/>, or not in all of
    /// <see cref="UnquietTime"/>, and not before <see cref="CheckpointShare"/> times what the last one took have passed.
    /// </summary>
    private const long IdleInsertionsMin = 1000;

    private const int IdleShare = 100;
    private const int CheckpointShare = 20;

    /// <summary>Insertions that are worth one while they go on, if they are one in <see cref="BuildingShare"/> too: a crash takes no more work than that.</summary>
    private const long BuildingInsertionsMin = 50_000;

    private const int BuildingShare = 4;

    /// <summary>Files may hold superseded chunks, or those of the manifest before the last, for one byte of this many wanted ones,</summary>
    private const int SupersededShare = 5;

    /// <summary>and this many bytes.</summary>
    private const long SupersededMin = 8L << 20;

    /// <summary>Checkpoints that follow at once to bring the files down to that.</summary>
    private const int SettlingRounds = 2;

    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UnquietTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan QuietPollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>After a disk or a store failed.</summary>
    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan SettlingDelay = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _one = new(1, 1);
    private long _logBytes = folder.Log.TailBytes((folder.Newest?.Cut ?? LogSequence.None).Next);
    private long _triedAt;
    private int _scheduled;
    private int _awaitsQuiet;
    private volatile bool _finished;
    private volatile bool _closed;
    private volatile Exception? _failure;

    /// <summary>
    /// Ends when the files that the partition was opened from have been checked: true when they are sound. Set once,
    /// before the first checkpoint.
    /// </summary>
    public Task<bool> Verified { get; set; } = Task.FromResult(true);

    /// <summary>Why the last checkpoint failed; null when it did not.</summary>
    public Exception? Failure => _failure;

    /// <summary>About how many bytes of log a recovery would replay.</summary>
    public long LogBytes => Interlocked.Read(ref _logBytes);

    /// <summary>Notes that so many bytes were logged, and starts a checkpoint in the background when one is due.</summary>
    public void NotifyApplied(long operationBytes)
    {
        long bytes = Interlocked.Add(ref _logBytes, operationBytes);
        if (bytes - Interlocked.Read(ref _triedAt) >= DueBytes())
        {
            Schedule();
        }
    }

    /// <summary>Sees to it that a checkpoint is written in a while, when indexes have taken up much since the last one.</summary>
    public void NotifyIndexingIdle()
    {
        if (IsWorthStoring() && !_finished && Interlocked.Exchange(ref _awaitsQuiet, 1) == 0)
        {
            _ = Task.Run(StoreWhenQuietAsync);
        }
    }

    /// <summary>Starts a checkpoint in the background when the indexes have grown by very much since the last one.</summary>
    public void NotifyIndexing()
    {
        if (Unstored() > Math.Max(BuildingInsertionsMin, IndexedVectors() / BuildingShare))
        {
            Schedule();
        }
    }

    /// <summary>Starts a checkpoint in the background when much less is in use than the last one stored.</summary>
    /// <param name="bytesInUse">Bytes of rows, ids, payloads and vectors in use.</param>
    public void NotifyInUse(long bytesInUse)
    {
        long stored = folder.Newest?.Regions.Where(region => StateLayout.IsData(region.Key)).Sum(region => region.Value.UsedBytes) ?? 0;
        if (stored - bytesInUse > SupersededMin + (bytesInUse / SupersededShare))
        {
            Schedule();
        }
    }

    /// <summary>
    /// Writes a checkpoint; does nothing when nothing has changed. Then others, when the files hold much that is superseded.
    /// </summary>
    /// <exception cref="PartitionFailedException">The files of the last checkpoint are damaged.</exception>
    public async Task RunAsync()
    {
        await RunOnceAsync(evenIfStored: false).ConfigureAwait(false);
        for (int round = 0; round < SettlingRounds && HoldsSuperseded(); round++)
        {
            await RunOnceAsync(evenIfStored: true).ConfigureAwait(false);
        }
    }

    private async Task RunOnceAsync(bool evenIfStored)
    {
        if (!await Verified.ConfigureAwait(false))
        {
            throw new PartitionFailedException("no checkpoint is written over one that is damaged or was not checked to its end");
        }

        await ExclusiveAsync(async () =>
        {
            await WriteAsync(evenIfStored).ConfigureAwait(false);

            // Readers and indexing are not kept waiting by a store that may be slow.
            if (folder.Newest is not null)
            {
                await folder.PublishAsync().ConfigureAwait(false);
                folder.TrimLog();
            }

            _failure = null;
        }).ConfigureAwait(false);
    }

    /// <summary>Runs something that must not overlap a checkpoint.</summary>
    /// <exception cref="PartitionClosedException">The partition is being closed.</exception>
    public async Task ExclusiveAsync(Func<Task> action)
    {
        await _one.WaitAsync().ConfigureAwait(false);
        try
        {
            // Looked at inside: what waited while the partition closed must not touch memory that is being freed.
            if (_closed)
            {
                throw new PartitionClosedException();
            }

            await action().ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Writes a checkpoint; a failure is kept for whoever asks, since the log has everything.</summary>
    public Task TryRunAsync() => AttemptAsync(RunAsync);

    /// <summary>
    /// Writes a last checkpoint before closing, waits for one that runs, and lets no other begin.
    /// </summary>
    public async Task FinishAsync()
    {
        _finished = true;
        await TryRunAsync().ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
    }

    /// <summary>Waits for a checkpoint that runs, and lets no other begin.</summary>
    public async Task CloseAsync()
    {
        _finished = true;
        await _one.WaitAsync().ConfigureAwait(false);
        _closed = true;
        _one.Release();
    }

    private long IndexedVectors() => state.Fields.Sum(field => field.Index?.Count ?? 0);

    private List<(VectorIndex Index, long Insertions)> Insertions()
        => [.. state.Fields.Select(field => field.Index).OfType<VectorIndex>().Select(index => (index, Interlocked.Read(ref index.Insertions)))];

    /// <summary>Insertions since the last checkpoint.</summary>
    private long Unstored()
    {
        long unstored = 0;
        foreach (VectorField field in state.Fields)
        {
            if (field.Index is { } index)
            {
                unstored += Interlocked.Read(ref index.Insertions) - Interlocked.Read(ref index.InsertionsAtCheckpoint);
            }
        }

        return unstored;
    }

    private bool IsWorthStoring() => Unstored() > Math.Max(IdleInsertionsMin, IndexedVectors() / IdleShare);

    private static void NoteCheckpoint(List<(VectorIndex Index, long Insertions)> insertions)
    {
        foreach ((VectorIndex index, long count) in insertions)
        {
            Interlocked.Exchange(ref index.InsertionsAtCheckpoint, count);
        }
    }

    /// <summary>Waits until nothing more comes, or for long enough, and writes a checkpoint; again while one is worth it.</summary>
    private async Task StoreWhenQuietAsync()
    {
        await AttemptAsync(async () =>
        {
            while (!_finished && IsWorthStoring())
            {
                Stopwatch waited = Stopwatch.StartNew();
                Stopwatch quiet = Stopwatch.StartNew();
                List<(VectorIndex Index, long Insertions)> before = Insertions();
                while (quiet.Elapsed < QuietTime && waited.Elapsed < UnquietTime)
                {
                    await Task.Delay(QuietPollInterval).ConfigureAwait(false);
                    if (_finished)
                    {
                        return;
                    }

                    List<(VectorIndex Index, long Insertions)> now = Insertions();
                    if (!now.SequenceEqual(before))
                    {
                        before = now;
                        quiet.Restart();
                    }
                }

                Stopwatch writing = Stopwatch.StartNew();
                await RunOnceAsync(evenIfStored: false).ConfigureAwait(false);
                TimeSpan rest = writing.Elapsed * CheckpointShare;
                await SettleAsync().ConfigureAwait(false);
                for (Stopwatch rested = Stopwatch.StartNew(); rested.Elapsed < rest && !_finished;)
                {
                    await Task.Delay(QuietPollInterval).ConfigureAwait(false);
                }
            }
        }).ConfigureAwait(false);
        Interlocked.Exchange(ref _awaitsQuiet, 0);
        NotifyIndexingIdle(); // indexing may have come to rest while this was still awaiting
    }

    /// <summary>
    /// Does something that may fail: the failure is kept for whoever asks, and a checkpoint is tried again after a while, or when as
    /// much has come again.
    /// </summary>
    private async Task AttemptAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // whatever it is, nothing is lost by it: the log has everything
        catch (Exception error)
#pragma warning restore CA1031
        {
            _failure = error;
            Interlocked.Exchange(ref _triedAt, LogBytes);
            NoteCheckpoint(Insertions());
            if (!_finished && error is IOException)
            {
                _ = Task.Delay(RetryTime).ContinueWith(_ => Schedule(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    private long DueBytes()
    {
        long data = state.Payloads.LiveBytes + state.Fields.Sum(field => field.VectorBytes);
        return Math.Max(logBytesMin, Math.Min(LogBytesMax, data / DataShare));
    }

    private void Schedule()
    {
        if (_finished || Interlocked.Exchange(ref _scheduled, 1) != 0)
        {
            return;
        }

        _ = Task.Run(async () =>
        {
            await AttemptAsync(async () =>
            {
                await RunOnceAsync(evenIfStored: false).ConfigureAwait(false);
                await SettleAsync().ConfigureAwait(false);
            }).ConfigureAwait(false);
            Interlocked.Exchange(ref _scheduled, 0);
        });
    }

    /// <summary>Under a steady load the next checkpoint is near and does it; when little comes, others are written for it.</summary>
    private async Task SettleAsync()
    {
        for (int round = 0; round < SettlingRounds && HoldsSuperseded(); round++)
        {
            await Task.Delay(SettlingDelay).ConfigureAwait(false);
            if (_finished || LogBytes > DueBytesMin())
            {
                return;
            }

            await RunOnceAsync(evenIfStored: true).ConfigureAwait(false);
        }
    }

    private long DueBytesMin() => logBytesMin / DataShare;

    private bool HoldsSuperseded()
    {
        if (folder.Newest is not { } newest)
        {
            return false;
        }

        long wanted = newest.Regions.Values.SelectMany(region => region.Chunks).Sum(chunk => (long)chunk.Length);
        return folder.SegmentBytes - wanted > SupersededMin + (wanted / SupersededShare);
    }

    private async Task WriteAsync(bool evenIfStored)
    {
        CheckpointCut? cut = null;
        SegmentWriter? segment = null;
        ReadScope? scope = null;
        try
        {
            Dictionary<(string Region, int Chunk), ChunkRef> written = [];
            indexing.Pause();
            try
            {
                // Inside the gate until the end: the id map may grow into a new region meanwhile, and the cut still knows
                // the old. Not before the pause: the slice it waits for may be waiting for readers.
                scope = new ReadScope(state.Gate);
                await writes.RunBetweenOperationsAsync(() => cut = TakeCut()).ConfigureAwait(false);
                if (!evenIfStored && IsStored(cut!))
                {
                    NoteCheckpoint(cut!.Insertions); // what was passed over left nothing to store
                    return;
                }

                segment = folder.Segments.Create();
                Write(cut!, RegionCopying.WhileIndexingPaused, segment, written);
            }
            finally
            {
                indexing.Resume();
            }

            Write(cut!, RegionCopying.AtCut, segment, written);
            Write(cut!, RegionCopying.AtLeisure, segment, written);
            await CommitAsync(cut!, segment, written).ConfigureAwait(false);
            cut!.Dirty.Clear();
        }
        catch
        {
            cut?.GiveBack();
            throw;
        }
        finally
        {
            scope?.Dispose(); // before all that may fail: whoever closes the partition waits for it
            cut?.Dispose();
            segment?.Dispose();
        }
    }

    private CheckpointCut TakeCut()
    {
        CheckpointCut cut = new()
        {
            Sequence = state.Applied.Sequence,
            Time = writes.AppliedTime,
            Taken = clock.Next(),
            States = StateLayout.States(state),
            Insertions = Insertions(),
            Parts = [.. StateLayout.DataParts(state), .. state.Fields.SelectMany(StateLayout.IndexParts)],
        };
        foreach (RegionPart part in cut.Parts)
        {
            cut.Take(part);
        }

        return cut;
    }

    private bool IsStored(CheckpointCut cut)
        => cut.Dirty.Values.All(chunks => chunks.Count == 0)
            && (folder.Newest?.Cut.Value ?? 0) == cut.Sequence
            && (folder.Newest is not { } newest || cut.States.All(state => IsStored(newest, state.Key, state.Value)));

    /// <summary>What was measured changes without a write.</summary>
    private static bool IsStored(Manifest newest, string name, ReadOnlyMemory<byte> state)
        => !StateLayout.IsMeasured(name) || (newest.States.TryGetValue(name, out ReadOnlyMemory<byte> stored) && stored.Span.SequenceEqual(state.Span));

    private void Write(
        CheckpointCut cut, RegionCopying copying, SegmentWriter segment, Dictionary<(string Region, int Chunk), ChunkRef> written)
    {
        byte[] copy = copying == RegionCopying.AtLeisure ? ArrayPool<byte>.Shared.Rent(NativeRegion.ChunkBytes) : [];
        foreach (RegionPart part in cut.Parts.Where(part => part.Copying == copying))
        {
            IReadOnlyList<ChunkRef> stored = Stored(part);
            HashSet<int> dirty = cut.Dirty[part.Name];
            for (int chunk = 0; chunk < Chunks(part); chunk++)
            {
                bool isStored = !dirty.Contains(chunk)
                    && chunk < stored.Count
                    && stored[chunk].Length == CheckpointCut.LengthOf(part, chunk);
                written[(part.Name, chunk)] = isStored ? stored[chunk] : segment.Append(Still(cut.Bytes(part, chunk)));
            }
        }

        if (copy.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(copy);
        }

        // What is not wanted may be overwritten while it is read: the checksum has to be that of the bytes in the file.
        ReadOnlySpan<byte> Still(ReadOnlySpan<byte> bytes)
        {
            if (copy.Length == 0)
            {
                return bytes;
            }

            bytes.CopyTo(copy);
            return copy.AsSpan(0, bytes.Length);
        }
    }

    private async Task CommitAsync(CheckpointCut cut, SegmentWriter segment, Dictionary<(string Region, int Chunk), ChunkRef> written)
    {
        await folder.Log.FlushAsync().ConfigureAwait(false); // under Durability.Os the manifest must not get ahead of the log
        if (written.Values.Any(chunk => chunk.Segment == segment.Id))
        {
            segment.Complete();
        }

        Dictionary<string, ManifestRegion> regions = cut.Parts.ToDictionary(
            part => part.Name,
            part => new ManifestRegion(
                part.UsedBytes,
                NativeRegion.ChunkBytes,
                [.. Enumerable.Range(0, Chunks(part)).Select(chunk => written[(part.Name, chunk)])]));
        folder.Newest = folder.Manifests.Write(new Manifest
        {
            Epoch = folder.Log.Epoch,
            Cut = new LogSequence(cut.Sequence),
            CutTime = cut.Time,
            Taken = cut.Taken,
            States = cut.States,
            Regions = regions,
        });

        NoteCheckpoint(cut.Insertions);
        Interlocked.Exchange(ref _triedAt, 0);
        Interlocked.Exchange(ref _logBytes, folder.Log.TailBytes(folder.Newest.Cut.Next));
        folder.Manifests.CollectGarbage();
        folder.MeasureSegments();
        MarkSuperseded(cut, folder.Newest);
    }

    /// <summary>Marks what is left in the most superseded segments, until the files will hold little that is not wanted.</summary>
    private static void MarkSuperseded(CheckpointCut cut, Manifest manifest)
    {
        Dictionary<SegmentId, long> live = [];
        foreach (ChunkRef chunk in manifest.Regions.Values.SelectMany(region => region.Chunks))
        {
            live[chunk.Segment] = live.GetValueOrDefault(chunk.Segment) + chunk.Length;
        }

        long wanted = live.Values.Sum();
        long superseded = manifest.SegmentBytes.Values.Sum() - wanted;
        HashSet<SegmentId> sparse = [];
        foreach ((SegmentId id, long bytes) in live.OrderBy(segment => (double)segment.Value / manifest.SegmentBytes[segment.Key]))
        {
            if (superseded <= (SupersededMin + (wanted / SupersededShare)) / 2)
            {
                break;
            }

            superseded -= manifest.SegmentBytes[id] - bytes;
            sparse.Add(id);
        }

        foreach (RegionPart part in cut.Parts)
        {
            IReadOnlyList<ChunkRef> chunks = manifest.Regions[part.Name].Chunks;
            for (int chunk = 0; chunk < chunks.Count; chunk++)
            {
                if (sparse.Contains(chunks[chunk].Segment))
                {
                    part.Region.MarkDirty((long)chunk * NativeRegion.ChunkBytes, 1);
                }
            }
        }
    }

    private IReadOnlyList<ChunkRef> Stored(RegionPart part)
        => folder.Newest is { } newest && newest.Regions.TryGetValue(part.Name, out ManifestRegion? region) ? region.Chunks : [];

    private static int Chunks(RegionPart part)
        => (int)((part.UsedBytes + NativeRegion.ChunkBytes - 1) / NativeRegion.ChunkBytes);
}
