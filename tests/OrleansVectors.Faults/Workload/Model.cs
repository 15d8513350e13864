using OrleansVectors.Faults.Points;

namespace OrleansVectors.Faults.Workload;

/// <summary>
/// What one writer knows about its own points of one collection. No other writer touches them, so what was acknowledged is
/// what is there, but for batches whose outcome is in doubt: their points are left alone until a check has seen them.
/// </summary>
internal sealed class Model(CollectionKind kind)
{
    private readonly Dictionary<ulong, PointState> _points = [];
    private readonly HashSet<ulong> _touched = [];
    private readonly HashSet<ulong> _doubtfulIds = [];
    private readonly List<Batch> _doubtful = [];
    private Batch? _pending;

    public CollectionKind Kind => kind;

    /// <summary>Points that are there; those of batches in doubt as they were before.</summary>
    public IReadOnlyDictionary<ulong, PointState> Points => _points;

    /// <summary>Ids, there or deleted, that were written since they were last checked.</summary>
    public IReadOnlyCollection<ulong> Touched => _touched;

    /// <summary>Batches that are there whole or not at all.</summary>
    public IReadOnlyList<Batch> Doubtful => _doubtful;

    public PointState? this[ulong id] => _points.TryGetValue(id, out PointState state) ? state : null;

    /// <summary>Whether the point is of a batch in doubt.</summary>
    public bool IsDoubtful(ulong id) => _doubtfulIds.Contains(id);

    /// <summary>Notes a batch before it is sent.</summary>
    public void Begin(Batch batch) => _pending = batch;

    /// <summary>The batch that was sent is there.</summary>
    public void Acknowledge() => Settle(TakePending(), batchIds: null);

    /// <summary>Nothing of the batch that was sent is there.</summary>
    public void Refuse() => TakePending();

    /// <summary>The batch that was sent is there or not.</summary>
    public void Doubt()
    {
        Batch batch = TakePending();
        _doubtful.Add(batch);
        _doubtfulIds.UnionWith(batch.Ids);
    }

    /// <summary>A batch in doubt was seen: it is there for these points and for no other.</summary>
    public void Resolve(Batch batch, IEnumerable<ulong> arrived)
    {
        Settle(batch, arrived);
        _doubtful.Remove(batch);
        _doubtfulIds.ExceptWith(batch.Ids);
    }

    /// <summary>All that was written so far was looked at.</summary>
    public void MarkChecked() => _touched.Clear();

    private Batch TakePending()
    {
        Batch batch = _pending ?? throw new InvalidOperationException("no batch was begun");
        _pending = null;
        return batch;
    }

    private void Settle(Batch batch, IEnumerable<ulong>? batchIds)
    {
        foreach (ulong id in batchIds ?? batch.Ids)
        {
            _touched.Add(id);
            if (batch.After(id, this[id]) is { } state)
                _points[id] = state;
            else
                _points.Remove(id);
        }
    }
}
