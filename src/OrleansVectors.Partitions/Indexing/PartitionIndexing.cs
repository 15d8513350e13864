using System.Runtime.InteropServices;
using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Indexing;

/// <summary>Moves a partition's vectors into their indexes behind the writes, and takes dead ones out.</summary>
/// <remarks>
/// 1. An index that has to learn from the vectors first does so as soon as it is due.
/// 2. A slice is dealt by the index's cursor, or taken from its pending ordinals; any thread may do it. Vectors that are
///    dead already are passed over. A slice is done inside the gate, so no ordinal is used again under it.
/// 3. When an index has nothing left to take up, one thread tends it: dead vectors are removed once there are enough of
///    them, after many insertions its quality is looked after, and after many changes it is measured what searches need to
///    look at.
/// 4. An index that is to take another's place does so once it holds everything.
/// 5. Pausing interrupts tending and waits for slices; a checkpoint copies the indexes meanwhile.
/// 6. After a failure (no memory, or a bug) indexing rests for a while and tries again, ever more rarely; what a failed
///    slice did not insert is pending. Searches scan what is not indexed.
/// </remarks>
internal sealed class PartitionIndexing(PartitionState state, IndexingPool pool, PartitionOptions options) : IIndexingWork, IDisposable
{
    private static readonly TimeSpan RoomPollInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>How long after a search few vectors may wait.</summary>
    private const long SearchedMillis = 2_000;

    /// <summary>Vectors that may wait at any rate.</summary>
    private const int UnindexedMin = 128;

    /// <summary>How long a write waits before all threads are to index.</summary>
    private const long AwaitedMillis = 500;

    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    private const int SliceOrdinals = 16;

    /// <summary>Dead vectors are removed from an index when they are more than this many,</summary>
    private const int DeadMin = 256;

    /// <summary>and more than one in this many.</summary>
    private const int DeadShare = 20;

    /// <summary>Their removal goes before insertions when they are more than one in this many.</summary>
    private const int OverdueDeadShare = 2;

    /// <summary>An index is tended when more than one vector in this many has been inserted since.</summary>
    private const int TendShare = 20;

    /// <summary>Vectors that an index learns from, at most.</summary>
    private const int SampleMax = 1 << 16;

    private readonly Lock _tending = new();
    private readonly Lock _pauses = new();
    private readonly LastTime _searched = new();
    private CancellationTokenSource _pausing = new();
    private int _running;
    private volatile bool _paused;
    private volatile bool _stopped;
    private volatile bool _resting;
    private volatile Exception? _failure;
    private TimeSpan _rest = FirstRest;

    /// <summary>Ordinals that the serving indexes have passed.</summary>
    private long _inserted;

    /// <summary>As many as the writes that wait bring.</summary>
    private long _insertionsAwaited;

    /// <summary>Called on an indexing thread after a slice of insertions.</summary>
    public Action? Progressed { get; set; }

    /// <summary>Called on an indexing thread when there is nothing left to insert. Set once, before the first <see cref="Notify"/>.</summary>
    public Action? CameToRest { get; set; }

    /// <summary>Called on an indexing thread when an index that is to take another's place holds everything.</summary>
    public Action<VectorField>? NextComplete { get; set; }

    /// <summary>Called on an indexing thread when an index should be succeeded by one that learns anew.</summary>
    public Action<VectorField>? Outgrown { get; set; }

    /// <summary>Called on an indexing thread when vectors have been taken out of an index. Set once, before the first <see cref="Notify"/>.</summary>
    public Action? RemovedDead { get; set; }

    /// <summary>Why indexing failed last; null when it works.</summary>
    public Exception? Failure => _failure;

    /// <summary>True while vectors wait for an index that is due, or for one that finds them as well as can be.</summary>
    public bool IsPending => _failure is null && (HasUnindexed || state.Fields.Any(IsUnproven));

    /// <summary>Whether vectors wait for an index that is due, whether or not they are being taken up.</summary>
    public bool HasUnindexed
    {
        get
        {
            uint rows = state.Applied.Rows;
            return state.Fields.Any(vectors => IsPendingIn(vectors, vectors.Index, rows) || vectors.Next is not null);
        }
    }

    /// <summary>
    /// Waits while more vectors wait for a graph than may: every search scans those, so writes slow down to the speed of
    /// indexing rather than searches without bound. While searches come in few may wait, and of what has gathered before a write
    /// waits only until as many vectors have been indexed as it brings: so the rest grows no more.
    /// </summary>
    /// <param name="versions">Points that the write stores, at most.</param>
    /// <param name="waitMax">How long it waits at most.</param>
    /// <returns>Whether there is room; false when the wait took too long.</returns>
    public async ValueTask<bool> WaitForRoomAsync(long versions, TimeSpan waitMax)
    {
        if (HasRoom(out _))
        {
            return true;
        }

        // After those who wait already: what they bring is indexed first.
        long insertions = versions * state.Fields.Count(field => field.Index is { IsTrusted: true } index && IsDue(field, index));
        long due = Interlocked.Read(ref _inserted) + Interlocked.Add(ref _insertionsAwaited, insertions);
        try
        {
            long started = Environment.TickCount64;
            bool isFull;
            while (!HasRoom(out isFull) && (isFull || Interlocked.Read(ref _inserted) < due))
            {
                long waited = Environment.TickCount64 - started;
                if (waited > waitMax.TotalMilliseconds)
                {
                    break;
                }

                if (waited > AwaitedMillis)
                {
                    pool.NoteAwaited();
                }

                await Task.Delay(RoomPollInterval).ConfigureAwait(false);
            }

            return !isFull;
        }
        finally
        {
            Interlocked.Add(ref _insertionsAwaited, -insertions);
        }
    }

    /// <summary>Rows of a field, those without a vector included, that wait for its index if that is due.</summary>
    /// <param name="field">The field.</param>
    /// <param name="rows">Rows that readers see.</param>
    public static long UnindexedRows(VectorField field, uint rows)
        => field.Index is { } index && IsPendingIn(field, index, rows)
            ? Math.Max(0, (long)rows - index.Cursor.IndexedBelow) + index.Pending.Ordinals.Count
            : 0;

    /// <summary>Says that there is a search.</summary>
    public void NoteSearch()
    {
        pool.NoteSearch();
        _searched.Note();
    }

    /// <summary>Says that there may be work.</summary>
    public void Notify()
    {
        if (!_stopped && !_paused && !_resting)
        {
            pool.Notify(this);
        }
    }

    /// <summary>Stops all slices until <see cref="Resume"/>; returns when none runs.</summary>
    public void Pause()
    {
        _paused = true;
        lock (_pauses)
        {
            _pausing.Cancel();
        }

        pool.Forget(this);
        SpinWait wait = default;
        while (Volatile.Read(ref _running) != 0)
        {
            wait.SpinOnce();
        }
    }

    public void Resume()
    {
        lock (_pauses)
        {
            if (_stopped)
            {
                return;
            }

            _pausing.Dispose();
            _pausing = new CancellationTokenSource();
        }

        _paused = false;
        Notify();
    }

    /// <summary>Stops for good.</summary>
    public void Dispose()
    {
        _stopped = true;
        Pause();
        lock (_pauses)
        {
            _pausing.Dispose();
        }
    }

    public bool RunSlice()
    {
        Interlocked.Increment(ref _running);
        try
        {
            // Looked at after the increment: whoever pauses sees this slice or the slice sees the pause.
            if (_paused || _stopped || _resting)
            {
                return false;
            }

            bool didWork = InsertSlice();
            _failure = null;
            _rest = FirstRest;
            return didWork;
        }
#pragma warning disable CA1031 // an indexing thread serves all partitions: one partition's failure must not end it
        catch (Exception error)
#pragma warning restore CA1031
        {
            RestAfter(error);
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private void RestAfter(Exception error)
    {
        _failure = error;
        _resting = true;
        TimeSpan rest = _rest;
        _rest = rest * 2 < LongestRest ? rest * 2 : LongestRest;
        _ = Task.Delay(rest).ContinueWith(
            _ =>
            {
                _resting = false;
                Notify();
            },
            TaskScheduler.Default);
    }

    private bool InsertSlice()
    {
        bool didWork = false;
        foreach (VectorField field in state.Fields)
        {
            if (field.Index is { IsTrusted: true } index)
            {
                didWork |= Advance(field, index);
            }

            if (field.Next is { } next)
            {
                didWork |= Advance(field, next);
                if (next.Cursor.IndexedBelow >= state.Applied.Rows)
                {
                    NextComplete?.Invoke(field);
                }
            }
        }

        (didWork ? Progressed : CameToRest)?.Invoke();

        return didWork;
    }

    private bool Advance(VectorField field, VectorIndex index)
    {
        if (!IsDue(field, index))
        {
            return false;
        }

        if (!index.IsPrepared)
        {
            return Prepare(field, index);
        }

        // Where insertions never come to an end, the dead would outnumber the living without bound.
        if (index.Dead > Math.Max(DeadMin, index.Count / OverdueDeadShare) && Tend(field, index))
        {
            return true;
        }

        return InsertNext(field, index) | InsertPending(field, index)
            || (index.Cursor.IndexedBelow >= state.Applied.Rows && Tend(field, index));
    }

    /// <summary>Dead is what was dead at a sequence that readers see already: whoever looks at the cursor from now on does not miss it.</summary>
    private bool InsertNext(VectorField field, VectorIndex index)
    {
        using ReadScope scope = new(state.Gate);
        if (!index.Cursor.TryTake(state, SliceOrdinals, out uint from, out uint to))
        {
            return false;
        }

        ulong sequence = state.Applied.Sequence;
        uint next = from;
        try
        {
            for (; next < to; next++)
            {
                ulong created = state.Table.Created(next);
                if (created > sequence && created != PointRow.NotCreated)
                {
                    index.Pending.Ordinals.Add(next); // written here while the slice was being dealt, visible in a moment
                }
                else if (field.Has(next) && state.Table.IsVisible(next, sequence) && !index.Contains(next))
                {
                    index.Insert(next);
                    field.NoteInsertion();
                }
            }
        }
        finally
        {
            for (; next < to; next++)
            {
                index.Pending.Ordinals.Add(next);
            }

            index.Cursor.Return(from);
            NoteInserted(field, index, to - from);
        }

        return true;
    }

    private bool InsertPending(VectorField field, VectorIndex index)
    {
        if (index.Pending.Ordinals.Count == 0)
        {
            return false;
        }

        using ReadScope scope = new(state.Gate);
        Span<uint> slice = stackalloc uint[SliceOrdinals];
        AppliedState applied = state.Applied;

        // Below what the cursor has finished, so that nobody else inserts the same.
        uint end = Math.Min(index.Cursor.IndexedBelow, applied.Rows);
        int taken = index.Pending.Take(end, slice, ordinal => state.Table.IsVisible(ordinal, applied.Sequence));
        int done = 0;
        try
        {
            for (; done < taken; done++)
            {
                if (field.Has(slice[done]) && !index.Contains(slice[done]))
                {
                    index.Insert(slice[done]);
                    field.NoteInsertion();
                }

                index.Pending.Return(slice[done], isIndexed: true);
            }
        }
        finally
        {
            for (; done < taken; done++)
            {
                index.Pending.Return(slice[done], isIndexed: false);
            }
        }

        NoteInserted(field, index, taken);
        return taken > 0;
    }

    /// <summary>One thread at a time learns; the others find nothing to do.</summary>
    private bool Prepare(VectorField field, VectorIndex index)
    {
        if (!_tending.TryEnter())
        {
            return false;
        }

        try
        {
            if (!index.IsPrepared)
            {
                uint[] sample = Sample(field, out double visible);
                if (visible == 0 || visible < field.LiveVectors / 2)
                {
                    return false; // most are of an operation that is being applied: what notifies of its end comes here again
                }

                index.Prepare(sample, field.LiveVectors, Pausing);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false; // what pauses resumes, and that comes here again
        }
        finally
        {
            _tending.Exit();
        }
    }

    /// <summary>Ordinals of live vectors, evenly spread, and about how many there are.</summary>
    private uint[] Sample(VectorField field, out double visible)
    {
        AppliedState applied = state.Applied;
        List<uint> sample = [];
        double step = Math.Max(1, applied.Rows / (double)SampleMax);
        for (double position = 0; position < applied.Rows; position += step)
        {
            uint ordinal = (uint)position;
            if (field.Has(ordinal) && state.Table.IsVisible(ordinal, applied.Sequence))
            {
                sample.Add(ordinal);
            }
        }

        visible = sample.Count * step;
        return [.. sample];
    }

    /// <summary>One thread at a time tends; the others find nothing to do.</summary>
    private bool Tend(VectorField field, VectorIndex index)
    {
        if (!_tending.TryEnter())
        {
            return false;
        }

        try
        {
            if (index.IsRemovalUnfinished || index.Dead > Math.Max(DeadMin, index.Count / DeadShare))
            {
                return RemoveDead(index);
            }

            if (index.IsTendingUnfinished || Interlocked.Read(ref index.InsertedSinceTended) > index.Count / TendShare)
            {
                TendAfterInsertions(field, index);
                return true;
            }

            float target = field.Schema.TargetRecall;
            if (index.IsCalibrationDue(target))
            {
                return Calibrate(index, target);
            }

            if (index.IsOutgrown && !index.IsGivenUp && index == field.Index)
            {
                index.IsGivenUp = true;
                Outgrown?.Invoke(field);
            }

            return false;
        }
        finally
        {
            _tending.Exit();
        }
    }

    private bool RemoveDead(VectorIndex index)
    {
        // Before the dead are listed: who asks from now on may mean others.
        index.IsRemovalUnfinished = false;
        long counted = Interlocked.Exchange(ref index.Dead, 0);
        List<uint> dead = [];
        ulong sequence = state.Applied.Sequence;
        OrdinalSet ended = state.Table.Dead;
        for (uint ordinal = ended.Next(0); ordinal != OrdinalSet.None; ordinal = ended.Next(ordinal + 1))
        {
            if (state.Table.Deleted(ordinal) <= sequence && index.Contains(ordinal))
            {
                dead.Add(ordinal);
            }
        }

        // Who looks at an earlier moment may still be led to them. A reader may stay long and is never worth a pause.
        long epoch = state.Gate.Epoch;
        SpinWait wait = default;
        CancellationToken pausing = Pausing;
        try
        {
            while (!state.Gate.HasQuiesced(epoch))
            {
                pausing.ThrowIfCancellationRequested();
                wait.SpinOnce();
            }

            index.Remove(CollectionsMarshal.AsSpan(dead), pausing);
        }
        catch (OperationCanceledException)
        {
            TakeBack(); // those that are half out are completed with the others
            return false;
        }
        catch
        {
            TakeBack();
            throw;
        }

        RemovedDead?.Invoke();
        return true;

        void TakeBack()
        {
            Interlocked.Add(ref index.Dead, counted);
            index.IsRemovalUnfinished = true;
        }
    }

    private void TendAfterInsertions(VectorField field, VectorIndex index)
    {
        // What is inserted after it began is for the next time.
        if (!index.IsTendingUnfinished)
        {
            Interlocked.Exchange(ref index.InsertedSinceTended, 0);
        }

        try
        {
            index.IsTendingUnfinished = true;
            index.Tend(Pausing);
            index.IsTendingUnfinished = false;
            if (index.IsOutgrown)
            {
                Outgrown?.Invoke(field);
            }
        }
        catch (OperationCanceledException)
        {
            // What pauses resumes, and that comes here again.
        }
    }

    private bool Calibrate(VectorIndex index, float target)
    {
        try
        {
            using ReadScope scope = new(state.Gate);
            index.Calibrate(target, Pausing);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false; // what pauses resumes, and that comes here again
        }
    }

    private void NoteInserted(VectorField field, VectorIndex index, long count)
    {
        if (index == field.Index)
        {
            Interlocked.Add(ref _inserted, count);
        }

        Interlocked.Add(ref index.InsertedSinceTended, count);
        Interlocked.Add(ref index.Insertions, count);
    }

    /// <summary>Bytes of vectors that may wait for an index at this moment, if they did not gather before.</summary>
    private long SearchedBytesMax
        => _searched.IsWithin(SearchedMillis)
            ? Math.Min(options.UnindexedBytesMax, Math.Max(options.UnindexedBytesMaxWhileSearched, UnindexedMin * LargestRow()))
            : options.UnindexedBytesMax;

    /// <summary>Whether more may come at once.</summary>
    /// <param name="isFull">Whether nothing more may come, even though there are no searches.</param>
    private bool HasRoom(out bool isFull)
    {
        bool isHalted = _failure is not null || _stopped; // who waited would wait for nothing
        long unindexed = isHalted ? 0 : UnindexedBytes();
        isFull = unindexed > options.UnindexedBytesMax;
        return unindexed <= SearchedBytesMax;
    }

    private long LargestRow() => state.Fields.Max(field => (long?)field.Rows.StrideBytes) ?? 0;

    private long UnindexedBytes()
    {
        uint rows = state.Applied.Rows;
        long bytes = 0;
        foreach (VectorField field in state.Fields)
        {
            bytes += UnindexedRows(field, rows) * field.Rows.StrideBytes;
        }

        return bytes;
    }

    /// <summary>Cancelled when somebody wants to pause.</summary>
    private CancellationToken Pausing
    {
        get
        {
            lock (_pauses)
            {
                return _stopped ? new CancellationToken(canceled: true) : _pausing.Token;
            }
        }
    }

    private static bool IsPendingIn(VectorField field, VectorIndex? index, uint rows)
        => index is { IsTrusted: true } && IsDue(field, index) && (index.Cursor.IndexedBelow < rows || index.Pending.Ordinals.Count > 0);

    private static bool IsUnproven(VectorField field) => field.Index is { IsTrusted: true } index && index.IsUnproven(field.Schema.TargetRecall);

    private static bool IsDue(VectorField field, VectorIndex index)
        => index == field.Next || index.Count > 0 || field.VectorBytes >= field.Schema.GraphFromBytes;
}
