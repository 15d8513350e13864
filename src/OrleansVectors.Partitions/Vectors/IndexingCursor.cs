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

    /// <summary>Takes the next slice of at most <paramref name="size"/> ordinals below <paramref name="end"/>.</summary>
    public bool TryTake(uint end, uint size, out uint from, out uint to)
    {
        lock (_lock)
        {
            from = _next;
            to = Math.Min(end, _next + size);
            if (from >= to)
            {
                return false;
            }

            _next = to;
            _out.Add(from);
            return true;
        }
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
            _next = indexedBelow;
            Volatile.Write(ref _indexedBelow, indexedBelow);
        }
    }

    /// <summary>Starts over. No slice may be out.</summary>
    public void Reset() => Restore(0);
}
