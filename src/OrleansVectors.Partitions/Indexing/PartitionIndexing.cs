using System.Runtime.InteropServices;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Indexing;

/// <summary>Moves a partition's vectors into their graphs behind the writes, and takes dead ones out.</summary>
/// <remarks>
/// 1. A slice is dealt by the field's cursor; any thread may do it. Vectors that are dead already are passed over.
/// 2. When a field has nothing left to insert, one thread tends its graph: dead nodes are removed once there are enough
///    of them, and after a bulk load unreachable nodes are linked again.
/// 3. Pausing waits for slices and tending; a checkpoint copies the graph meanwhile.
/// A failure (a bug, or no memory) stops indexing of the partition; searches scan what is not indexed.
/// </remarks>
internal sealed class PartitionIndexing(PartitionState state, IndexingPool pool, long unindexedBytesMax) : IIndexingWork
{
    private static readonly TimeSpan RoomPollInterval = TimeSpan.FromMilliseconds(5);

    private const uint SliceOrdinals = 16;

    private readonly Lock _tending = new();
    private int _running;
    private volatile bool _paused;
    private volatile bool _stopped;
    private volatile Exception? _failure;

    /// <summary>Called on an indexing thread when there is nothing left to insert. Set once, before the first <see cref="Notify"/>.</summary>
    public Action? CameToRest { get; set; }

    /// <summary>Why indexing has stopped; null while it works.</summary>
    public Exception? Failure => _failure;

    /// <summary>True while vectors wait for a graph that is due.</summary>
    public bool IsPending
    {
        get
        {
            uint rows = state.Applied.Rows;
            return _failure is null && state.Fields.Any(vectors => IsDue(vectors) && vectors.Cursor.IndexedBelow < rows);
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
        pool.Forget(this);
        SpinWait wait = default;
        while (Volatile.Read(ref _running) != 0)
        {
            wait.SpinOnce();
        }
    }

    public void Resume()
    {
        _paused = false;
        Notify();
    }

    /// <summary>Stops for good.</summary>
    public void Stop()
    {
        _stopped = true;
        Pause();
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
        AppliedState applied = state.Applied;
        bool didWork = false;
        foreach (VectorField field in state.Fields)
        {
            if (!IsDue(field))
            {
                continue;
            }

            if (field.Cursor.TryTake(applied.Rows, SliceOrdinals, out uint from, out uint to))
            {
                Insert(field, from, to, applied.Sequence);
                field.Cursor.Return(from);
                didWork = true;
            }
            else if (field.Cursor.IndexedBelow >= applied.Rows)
            {
                didWork |= Tend(field);
            }
        }

        if (!didWork)
        {
            CameToRest?.Invoke();
        }

        return didWork;
    }

    /// <summary>Dead is what was dead at a sequence that readers see already: whoever looks at the cursor from now on does not miss it.</summary>
    private void Insert(VectorField field, uint from, uint to, ulong sequence)
    {
        HnswGraph graph = field.Graph!;
        for (uint ordinal = from; ordinal < to; ordinal++)
        {
            if (field.Has(ordinal) && state.Table.IsVisible(ordinal, sequence) && !graph.Contains(ordinal))
            {
                graph.Insert(ordinal);
            }
        }

        Interlocked.Add(ref field.InsertedSinceRepair, to - from);
    }

    /// <summary>One thread at a time tends; the others find nothing to do.</summary>
    private bool Tend(VectorField field)
    {
        if (!_tending.TryEnter())
        {
            return false;
        }

        try
        {
            HnswGraph graph = field.Graph!;
            if (field.DeadIndexed > Math.Max(VectorField.DeadMin, graph.Count / VectorField.DeadShare))
            {
                RemoveDead(field, graph);
                return true;
            }

            if (Interlocked.Read(ref field.InsertedSinceRepair) > graph.Count / VectorField.RepairShare)
            {
                Interlocked.Exchange(ref field.InsertedSinceRepair, 0);
                graph.RepairReachability();
                return true;
            }

            return false;
        }
        finally
        {
            _tending.Exit();
        }
    }

    private void RemoveDead(VectorField field, HnswGraph graph)
    {
        Interlocked.Exchange(ref field.DeadIndexed, 0);
        List<uint> dead = [];
        ulong sequence = state.Applied.Sequence;
        uint end = field.Cursor.IndexedBelow;
        for (uint ordinal = 0; ordinal < end; ordinal++)
        {
            if (graph.Contains(ordinal) && !state.Table.IsVisible(ordinal, sequence))
            {
                dead.Add(ordinal);
            }
        }

        // Who looks at an earlier moment may still be led to them. A reader may stay long and is never worth a pause.
        long epoch = state.Gate.Epoch;
        SpinWait wait = default;
        while (!state.Gate.HasQuiesced(epoch))
        {
            if (_paused || _stopped)
            {
                Interlocked.Add(ref field.DeadIndexed, dead.Count);
                return;
            }

            wait.SpinOnce();
        }

        graph.Remove(CollectionsMarshal.AsSpan(dead));
    }

    private long UnindexedBytes()
    {
        uint rows = state.Applied.Rows;
        long bytes = 0;
        foreach (VectorField field in state.Fields)
        {
            uint indexedBelow = field.Cursor.IndexedBelow;
            bytes += IsDue(field) && rows > indexedBelow ? field.Rows.UsedBytes(rows - indexedBelow) : 0;
        }

        return bytes;
    }

    private static bool IsDue(VectorField field)
        => field.IsGraphTrusted && field.Graph is { } graph && (graph.Count > 0 || field.VectorBytes >= field.Schema.GraphFromBytes);
}
