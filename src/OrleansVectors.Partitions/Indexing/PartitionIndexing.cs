using System.Runtime.InteropServices;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Indexing;

/// <summary>Moves a partition's vectors into their indexes behind the writes, and takes dead ones out.</summary>
/// <remarks>
/// 1. An index that has to learn from the vectors first does so as soon as it is due.
/// 2. A slice is dealt by the index's cursor; any thread may do it. Vectors that are dead already are passed over.
/// 3. When an index has nothing left to take up, one thread tends it: dead vectors are removed once there are enough of
///    them, and after many insertions its quality is looked after.
/// 4. An index that is to take another's place does so once it holds everything.
/// 5. Pausing waits for slices and tending; a checkpoint copies the indexes meanwhile.
/// A failure (a bug, or no memory) stops indexing of the partition; searches scan what is not indexed.
/// </remarks>
internal sealed class PartitionIndexing(PartitionState state, IndexingPool pool, long unindexedBytesMax) : IIndexingWork, IDisposable
{
    private static readonly TimeSpan RoomPollInterval = TimeSpan.FromMilliseconds(5);

    private const uint SliceOrdinals = 16;

    /// <summary>Dead vectors are removed from an index when they are more than this many,</summary>
    private const int DeadMin = 256;

    /// <summary>and more than one in this many.</summary>
    private const int DeadShare = 20;

    /// <summary>An index is tended when more than one vector in this many has been inserted since.</summary>
    private const int TendShare = 20;

    /// <summary>Vectors that an index learns from, at most.</summary>
    private const int SampleMax = 1 << 16;

    private readonly Lock _tending = new();
    private readonly Lock _pauses = new();
    private CancellationTokenSource _pausing = new();
    private int _running;
    private volatile bool _paused;
    private volatile bool _stopped;
    private volatile Exception? _failure;

    /// <summary>Called on an indexing thread when there is nothing left to insert. Set once, before the first <see cref="Notify"/>.</summary>
    public Action? CameToRest { get; set; }

    /// <summary>Called on an indexing thread when an index that is to take another's place holds everything.</summary>
    public Action<VectorField>? NextComplete { get; set; }

    /// <summary>Called on an indexing thread when an index should be succeeded by one that learns anew.</summary>
    public Action<VectorField>? Outgrown { get; set; }

    /// <summary>Why indexing has stopped; null while it works.</summary>
    public Exception? Failure => _failure;

    /// <summary>True while vectors wait for a graph that is due.</summary>
    public bool IsPending
    {
        get
        {
            uint rows = state.Applied.Rows;
            return _failure is null && state.Fields.Any(vectors => IsPendingIn(vectors, vectors.Index, rows) || vectors.Next is not null);
        }
    }

    /// <summary>
    /// Waits while more vectors wait for a graph than may: every search scans those, so writes slow down to the speed of
    /// indexing rather than searches without bound.
    /// </summary>
    public async ValueTask WaitForRoomAsync()
    {
        while (UnindexedBytes() > unindexedBytesMax && _failure is null && !_stopped)
        {
            await Task.Delay(RoomPollInterval).ConfigureAwait(false);
        }
    }

    /// <summary>Says that there may be work.</summary>
    public void Notify()
    {
        if (!_stopped && !_paused && _failure is null)
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
            return !_paused && !_stopped && _failure is null && InsertSlice();
        }
#pragma warning disable CA1031 // an indexing thread serves all partitions: one partition's failure must not end it
        catch (Exception error)
#pragma warning restore CA1031
        {
            _failure = error;
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
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

        if (!didWork)
        {
            CameToRest?.Invoke();
        }

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

        AppliedState applied = state.Applied;
        if (index.Cursor.TryTake(applied.Rows, SliceOrdinals, out uint from, out uint to))
        {
            Insert(field, index, from, to, applied.Sequence);
            index.Cursor.Return(from);
            return true;
        }

        return index.Cursor.IndexedBelow >= applied.Rows && Tend(field, index);
    }

    /// <summary>Dead is what was dead at a sequence that readers see already: whoever looks at the cursor from now on does not miss it.</summary>
    private void Insert(VectorField field, VectorIndex index, uint from, uint to, ulong sequence)
    {
        for (uint ordinal = from; ordinal < to; ordinal++)
        {
            if (field.Has(ordinal) && state.Table.IsVisible(ordinal, sequence) && !index.Contains(ordinal))
            {
                index.Insert(ordinal);
            }
        }

        Interlocked.Add(ref index.InsertedSinceTended, to - from);
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
                index.Prepare(Sample(field), Pausing);
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

    /// <summary>Ordinals of live vectors, evenly spread.</summary>
    private uint[] Sample(VectorField field)
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
            if (index.Dead > Math.Max(DeadMin, index.Count / DeadShare))
            {
                RemoveDead(index);
                return true;
            }

            if (Interlocked.Read(ref index.InsertedSinceTended) > index.Count / TendShare)
            {
                TendAfterInsertions(field, index);
                return true;
            }

            return false;
        }
        finally
        {
            _tending.Exit();
        }
    }

    private void RemoveDead(VectorIndex index)
    {
        Interlocked.Exchange(ref index.Dead, 0);
        List<uint> dead = [];
        ulong sequence = state.Applied.Sequence;
        uint end = index.Cursor.IndexedBelow;
        for (uint ordinal = 0; ordinal < end; ordinal++)
        {
            if (index.Contains(ordinal) && !state.Table.IsVisible(ordinal, sequence))
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
            Interlocked.Add(ref index.Dead, dead.Count); // those that are half out are completed with the others
        }
    }

    private void TendAfterInsertions(VectorField field, VectorIndex index)
    {
        long inserted = Interlocked.Exchange(ref index.InsertedSinceTended, 0);
        try
        {
            index.Tend(Pausing);
            if (index.IsOutgrown)
            {
                Outgrown?.Invoke(field);
            }
        }
        catch (OperationCanceledException)
        {
            Interlocked.Add(ref index.InsertedSinceTended, inserted);
        }
    }

    private long UnindexedBytes()
    {
        uint rows = state.Applied.Rows;
        long bytes = 0;
        foreach (VectorField field in state.Fields)
        {
            if (field.Index is { } index && IsPendingIn(field, index, rows))
            {
                bytes += field.Rows.UsedBytes(rows - index.Cursor.IndexedBelow);
            }
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
        => index is { IsTrusted: true } && IsDue(field, index) && index.Cursor.IndexedBelow < rows;

    private static bool IsDue(VectorField field, VectorIndex index)
        => index == field.Next || index.Count > 0 || field.VectorBytes >= field.Schema.GraphFromBytes;
}
