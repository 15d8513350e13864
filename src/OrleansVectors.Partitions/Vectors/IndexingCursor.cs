namespace OrleansVectors.Partitions.Vectors;

/// <summary>
/// Deals slices of ordinals to indexing threads and knows below which ordinal every vector is in the graph.
/// </summary>
/// <remarks>
/// Several slices are out at once and come back in any order; <see cref="IndexedBelow"/> is the start of the earliest one
/// still out. Searches scan everything from there on exactly, so a slice that is half done is merely found twice.
/// </remarks>
internal sealed class IndexingCursor
{
    private readonly Lock _lock = new();
    private readonly SortedSet<uint> _out = [];
    private uint _next;
    private uint _indexedBelow;

    /// <summary>Every ordinal below is in the graph, or has no vector, or was dead already.</summary>
    public uint IndexedBelow => Volatile.Read(ref _indexedBelow);

    /// <summary>Takes the next slice of at most <paramref name="size"/> ordinals in use.</summary>
    /// <remarks>
    /// How many are in use is looked at inside the lock: when the applier lowers that number, <see cref="WaitForTakers"/>
    /// tells it that nobody goes by the old one any more.
    /// </remarks>
    public bool TryTake(PartitionState state, uint size, out uint from, out uint to)
    {
        lock (_lock)
        {
            from = _next;
            to = Math.Min(state.Applied.Rows, _next + size);
            if (from >= to)
            {
                return false;
            }

            Volatile.Write(ref _next, to);
            _out.Add(from);
        }

        Interlocked.MemoryBarrier(); // see HasDealt
        return true;
    }

    /// <summary>Returns when every slice that was taken by an earlier state is noted.</summary>
    public void WaitForTakers()
    {
        lock (_lock)
        {
        }
    }

    /// <summary>Whether an ordinal has been given out already, so that a version written there now is not come across again.</summary>
    /// <remarks>
    /// The writer has stored the version's Created before it asks; who took the slice looks at Created after noting that:
    /// with a full fence on both sides at least one of them sees the other.
    /// </remarks>
    public bool HasDealt(uint ordinal)
    {
        Interlocked.MemoryBarrier();
        return ordinal < Volatile.Read(ref _next);
    }

    /// <summary>Gives a slice back, done.</summary>
    public void Return(uint from)
    {
        lock (_lock)
        {
            _out.Remove(from);
            Volatile.Write(ref _indexedBelow, _out.Count == 0 ? _next : _out.Min);
        }
    }

    /// <summary>Starts from an ordinal below which a recovered graph holds everything.</summary>
    public void Restore(uint indexedBelow)
    {
        lock (_lock)
        {
            Volatile.Write(ref _next, indexedBelow);
            Volatile.Write(ref _indexedBelow, indexedBelow);
        }
    }

    /// <summary>Starts over. No slice may be out.</summary>
    public void Reset() => Restore(0);
}
