using OrleansVectors.Indexes.Ordinals;
using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>
/// The payload indexes of a partition, which points are live, and what has changed lately. The applier tells it of every
/// change of a point and builds indexes slice by slice; readers inside the gate take no lock.
/// </summary>
/// <remarks>
/// Indexes hold the newest state. A point that ends is taken out at once: readers at earlier moments find it among the
/// recent changes and look at it themselves, so an ordinal needs no care before it is used again.
/// Nothing is stored: indexes are built from the payloads after each opening.
/// </remarks>
internal sealed class PayloadIndexSet(PartitionState state) : IDisposable
{
    private PostingHeap? _liveHeap;
    private PostingLists? _liveLists;
    private ulong _live;
    private uint _liveCovered;
    private RecentChanges? _changes;
    private PayloadIndex[] _indexes = [];

    /// <summary>Bytes of native memory that the indexes take.</summary>
    public long CommittedBytes => (_liveHeap?.CommittedBytes ?? 0) + Volatile.Read(ref _indexes).Sum(index => index.CommittedBytes);

    /// <summary>Whether there is an index that is still being built.</summary>
    public bool IsPending => Volatile.Read(ref _indexes).Any(index => index is { IsComplete: false, IsBroken: false });

    /// <summary>The paths of indexes for which there was no memory.</summary>
    public IEnumerable<string> Broken => Volatile.Read(ref _indexes).Where(index => index.IsBroken).Select(index => index.Schema.Path.ToString());

    /// <summary>Whether readers can use any index now.</summary>
    public bool IsUsable => Volatile.Read(ref _indexes).Any(index => index.IsComplete);

    /// <summary>The index of a path that can answer a condition; null when there is none.</summary>
    public IndexedCondition? Bind(PayloadPath path, Condition condition)
    {
        foreach (PayloadIndex index in Volatile.Read(ref _indexes))
        {
            if (index.IsComplete && index.Schema.Path.Equals(path) && index.Bind(condition) is { } bound)
            {
                return bound;
            }
        }

        return null;
    }

    /// <summary>The complete index of a path whose values facets can be counted by; null when there is none.</summary>
    public PayloadIndex? Facets(PayloadPath path)
        => Array.Find(Volatile.Read(ref _indexes), index => index.IsComplete
            && index.Schema.Path.Equals(path)
            && index.Schema.Type is PayloadIndexType.Keyword or PayloadIndexType.Uuid or PayloadIndexType.Integer or PayloadIndexType.Bool);

    /// <summary>Adds the live points. There must be a complete index.</summary>
    public void CollectLive(OrdinalBits target)
    {
        OrdinalBits.Sink sink = target.AsSink();
        PostingLists.Visit(Volatile.Read(ref _live), ref sink);
    }

    /// <summary>Collects what changed after a reader's moment, when it has read what it wants of the indexes.</summary>
    /// <returns>False when too much has changed: then nothing of that may be used.</returns>
    public bool TryCollectChanges(ulong after, List<uint> ordinals) => Volatile.Read(ref _changes) is { } changes && changes.TryCollect(after, ordinals);

    /// <summary>Takes the wanted indexes. The applier.</summary>
    public void ChangeSchema(IReadOnlyList<PayloadIndexSchema> wanted)
    {
        PayloadIndex[] old = _indexes;
        List<PayloadIndex> next = [];
        foreach (PayloadIndexSchema schema in wanted)
        {
            next.Add(Array.Find(old, index => index.Schema == schema) ?? PayloadIndex.Create(schema, state.Gate));
        }

        if (next.Count > 0 && _changes is null)
        {
            _liveHeap = new PostingHeap("live points", state.Gate);
            _liveLists = new PostingLists(_liveHeap);
            Volatile.Write(ref _changes, new RecentChanges(state.Gate, state.Retire, state.Applied.Sequence));
        }

        Volatile.Write(ref _indexes, [.. next]);
        foreach (PayloadIndex index in old.Except(next))
        {
            state.Retire(index);
        }
    }

    /// <summary>A new version of a point has been stored. The applier.</summary>
    public void Added(uint ordinal, ulong sequence)
    {
        if (_changes is not { } changes)
        {
            return;
        }

        changes.Add(sequence, ordinal);
        if (ordinal < _liveCovered)
        {
            _liveLists!.Add(ref _live, ordinal);
        }

        Change(ordinal, adds: true);
    }

    /// <summary>A version of a point is about to end. The applier.</summary>
    public void Ending(uint ordinal, ulong sequence)
    {
        if (_changes is not { } changes)
        {
            return;
        }

        changes.Add(sequence, ordinal);
        if (ordinal < _liveCovered)
        {
            _liveLists!.Remove(ref _live, ordinal);
        }

        Change(ordinal, adds: false);
    }

    /// <summary>The payload of a live version is about to be replaced. The applier.</summary>
    public void PayloadChanging(uint ordinal, ulong sequence)
    {
        if (_changes is { } changes)
        {
            changes.Add(sequence, ordinal);
            Change(ordinal, adds: false);
        }
    }

    /// <summary>It has been replaced. The applier.</summary>
    public void PayloadChanged(uint ordinal) => Change(ordinal, adds: true);

    /// <summary>Readers may see everything up to a sequence. The applier.</summary>
    public void Published(ulong sequence) => _changes?.Published(sequence);

    /// <summary>Takes the next points into those indexes that do not hold them yet, all of them at once. The applier.</summary>
    /// <param name="points">How many at most, for each.</param>
    /// <returns>False when nothing is left to do.</returns>
    public bool BuildSlice(uint points)
    {
        uint end = state.Table.Count;
        if (_changes is not null && _liveCovered < end)
        {
            uint to = Math.Min(end, _liveCovered + points);
            for (uint ordinal = _liveCovered; ordinal < to; ordinal++)
            {
                if (IsLive(ordinal))
                {
                    _liveLists!.Add(ref _live, ordinal);
                }
            }

            _liveCovered = to;
            return true;
        }

        PayloadIndex[] pending = Array.FindAll(_indexes, index => index is { IsComplete: false, IsBroken: false });
        if (pending.Length == 0)
        {
            return false;
        }

        // Each has memory of its own, and nobody else writes meanwhile: the applier waits.
        Parallel.ForEach(pending, index => Build(index, Math.Min(end, index.Covered + points)));
        foreach (PayloadIndex index in pending.Where(index => index.Covered == end))
        {
            // From here on every new ordinal belongs to it.
            index.Covered = uint.MaxValue;
            _liveCovered = uint.MaxValue;
            index.IsComplete = true;
        }

        return true;
    }

    public void Dispose()
    {
        foreach (PayloadIndex index in _indexes)
        {
            index.Dispose();
        }

        _changes?.Dispose();
        _liveHeap?.Dispose();
    }

    private void Build(PayloadIndex index, uint to)
    {
        for (uint ordinal = index.Covered; ordinal < to && !index.IsBroken; ordinal++)
        {
            if (IsLive(ordinal))
            {
                Change(index, ordinal, adds: true);
            }
        }

        index.Covered = to;
    }

    private void Change(uint ordinal, bool adds)
    {
        foreach (PayloadIndex index in _indexes)
        {
            if (ordinal < index.Covered && !index.IsBroken)
            {
                Change(index, ordinal, adds);
            }
        }
    }

    /// <summary>An index for which there is no memory is given up; writes go on.</summary>
    private void Change(PayloadIndex index, uint ordinal, bool adds)
    {
        try
        {
            if (adds)
            {
                index.Add(ordinal, PayloadOf(ordinal));
            }
            else
            {
                index.Remove(ordinal, PayloadOf(ordinal));
            }
        }
        catch (NativeMemoryException)
        {
            index.Break();
        }
    }

    private bool IsLive(uint ordinal) => state.Table.IsVisible(ordinal, PointRow.Live - 1);

    private ReadOnlySpan<byte> PayloadOf(uint ordinal) => state.Payloads.Read(state.Table.Payload(ordinal), ulong.MaxValue, out _);
}
