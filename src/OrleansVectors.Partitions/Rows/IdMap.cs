using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Partitions.Rows;

/// <summary>
/// From a point's id to the ordinal of its newest version: open addressing with linear probing in native memory, one
/// 32-bit slot for each id ever stored. One writer, any number of readers without locks.
/// </summary>
/// <remarks>
/// A slot holds ordinal + 1, or 0. An id keeps its slot for good, through replacement and deletion, so a probe never
/// crosses a hole that was something before; only growth moves ids, into a table of its own that is then published whole.
/// The old table is handed to the caller, who frees it when its last reader has left.
/// </remarks>
internal sealed unsafe class IdMap : IDisposable
{
    private const int SlotsMin = 1 << 10;

    private readonly PointTable _table;
    private Slots _slots;

    public IdMap(PointTable table)
    {
        _table = table;
        _slots = new Slots(SlotsMin);
    }

    /// <summary>The region that holds the slots now.</summary>
    public NativeRegion Region => Volatile.Read(ref _slots).Region;

    /// <summary>Bytes of <see cref="Region"/> in use.</summary>
    public long UsedBytes => (long)Volatile.Read(ref _slots).Count * sizeof(uint);

    /// <summary>Ids in the map.</summary>
    public uint Ids { get; private set; }

    /// <summary>Sets the size before the slots' bytes are put in place by a recovery.</summary>
    public void Restore(uint ids, long usedBytes)
    {
        _slots.Dispose();
        _slots = new Slots((uint)(usedBytes / sizeof(uint)));
        Ids = ids;
    }

    /// <summary>The newest version's ordinal, or <see cref="PointRow.NoPrevious"/>.</summary>
    public uint Newest(PointId id)
    {
        Slots slots = Volatile.Read(ref _slots);
        for (uint at = (uint)id.StableHash() & slots.Mask; ; at = (at + 1) & slots.Mask)
        {
            uint value = Volatile.Read(ref slots.Start[at]);
            if (value == 0)
            {
                return PointRow.NoPrevious;
            }

            if (_table.HasId(value - 1, id))
            {
                return value - 1;
            }
        }
    }

    /// <summary>The version that is visible at a sequence, or <see cref="PointRow.NoPrevious"/>.</summary>
    public uint Visible(PointId id, ulong sequence)
    {
        uint ordinal = Newest(id);
        while (ordinal != PointRow.NoPrevious && _table.Created(ordinal) > sequence)
        {
            ordinal = _table.Previous(ordinal);
        }

        return ordinal != PointRow.NoPrevious && _table.IsVisible(ordinal, sequence) ? ordinal : PointRow.NoPrevious;
    }

    /// <summary>Leads an id to its new version, which the table holds already.</summary>
    /// <returns>The table that this replaced, to be disposed when no reader can hold it any more; usually null.</returns>
    public IDisposable? Put(PointId id, uint ordinal)
    {
        Slots slots = _slots;
        for (uint at = (uint)id.StableHash() & slots.Mask; ; at = (at + 1) & slots.Mask)
        {
            uint value = slots.Start[at];
            if (value != 0 && !_table.HasId(value - 1, id))
            {
                continue;
            }

            slots.Set(at, ordinal + 1);
            if (value != 0 || ++Ids <= slots.Count / 2)
            {
                return null;
            }

            Volatile.Write(ref _slots, Grown(slots));
            return slots;
        }
    }

    public void Dispose() => _slots.Dispose();

    private Slots Grown(Slots old)
    {
        Slots grown = new(old.Count * 2);
        for (uint from = 0; from < old.Count; from++)
        {
            uint value = old.Start[from];
            if (value == 0)
            {
                continue;
            }

            uint at = (uint)_table.Id(value - 1).StableHash() & grown.Mask;
            while (grown.Start[at] != 0)
            {
                at = (at + 1) & grown.Mask;
            }

            grown.Start[at] = value;
        }

        grown.Region.MarkDirty(0, (long)grown.Count * sizeof(uint));
        return grown;
    }

    private sealed class Slots : IDisposable
    {
        public Slots(uint count)
        {
            Count = count;
            Mask = count - 1;
            Region = new NativeRegion("ids", (long)count * sizeof(uint));
            Region.EnsureCommitted((long)count * sizeof(uint));
            Start = (uint*)Region.Base;
            Region.MarkDirty(0, (long)count * sizeof(uint));
        }

        public NativeRegion Region { get; }

        public uint* Start { get; }

        public uint Count { get; }

        public uint Mask { get; }

        public void Set(uint at, uint value)
        {
            Volatile.Write(ref Start[at], value);
            Region.MarkDirty((long)at * sizeof(uint), sizeof(uint));
        }

        public void Dispose() => Region.Dispose();
    }
}
