using System.Numerics;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Partitions.Rows;

/// <summary>
/// From a point's id to the ordinal of its newest version: open addressing with linear probing in native memory, one
/// 32-bit slot for each id. One writer, any number of readers without locks.
/// </summary>
/// <remarks>
/// A slot holds ordinal + 1, 0 when it was never used, or <see cref="Vacated"/>. An id keeps its slot through replacement
/// and deletion, until its last version is cut off; the slot is then vacated rather than emptied, since probes for other
/// ids cross it (behind it nothing but an empty slot: then it is emptied). A later id may take a vacated slot. Ids move
/// into a larger or smaller table of their own when more than half of the slots are used, which is then published whole.
/// The old table is handed to the caller, who frees it when its last reader has left.
/// </remarks>
internal sealed unsafe class IdMap : IDisposable
{
    private const int SlotsMin = 1 << 10;

    /// <summary>A slot whose id is gone.</summary>
    private const uint Vacated = uint.MaxValue;

    /// <summary>A table is made smaller when less than one slot in this many has an id.</summary>
    private const int ShrinkShare = 8;

    private readonly PointTable _table;
    private Slots _slots;
    private uint _vacated;

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
    public void Reserve(long usedBytes)
    {
        _slots.Dispose();
        _slots = new Slots((uint)(usedBytes / sizeof(uint)));
    }

    /// <summary>Counts the ids when the slots' bytes are in place.</summary>
    public void Restore()
    {
        Ids = 0;
        _vacated = 0;
        for (uint at = 0; at < _slots.Count; at++)
        {
            uint value = _slots.Start[at];
            Ids += value is 0 or Vacated ? 0 : 1u;
            _vacated += value == Vacated ? 1u : 0;
        }
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

            if (value != Vacated && _table.HasId(value - 1, id))
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
        uint? vacated = null;
        for (uint at = (uint)id.StableHash() & slots.Mask; ; at = (at + 1) & slots.Mask)
        {
            uint value = slots.Start[at];
            if (value == Vacated)
            {
                vacated ??= at;
                continue;
            }

            if (value != 0 && !_table.HasId(value - 1, id))
            {
                continue;
            }

            if (value == 0)
            {
                Ids++;
                _vacated -= vacated is null ? 0 : 1u;
            }

            slots.Set(value == 0 ? vacated ?? at : at, ordinal + 1);
            return Ids + _vacated <= slots.Count / 2 ? null : Replace(slots);
        }
    }

    /// <summary>Forgets an id whose newest version is cut off.</summary>
    /// <returns>As <see cref="Put"/>.</returns>
    public IDisposable? Remove(PointId id, uint newest)
    {
        Slots slots = _slots;
        uint at = (uint)id.StableHash() & slots.Mask;
        while (slots.Start[at] != newest + 1)
        {
            Invariant.Holds(slots.Start[at] != 0, "an id that is removed is in the map");
            at = (at + 1) & slots.Mask;
        }

        Ids--;
        slots.Set(at, Vacated);
        _vacated++;
        if (slots.Start[(at + 1) & slots.Mask] == 0)
        {
            // No probe goes on from here, so this slot and the vacated ones before it may end probes again.
            for (; slots.Start[at] == Vacated; at = (at - 1) & slots.Mask)
            {
                slots.Set(at, 0);
                _vacated--;
            }
        }

        return slots.Count > SlotsMin && Ids < slots.Count / ShrinkShare ? Replace(slots) : null;
    }

    public void Dispose() => _slots.Dispose();

    /// <summary>Moves the ids into a table in which they take a sixth to a third of the slots.</summary>
    private Slots Replace(Slots old)
    {
        uint count = Math.Max(SlotsMin, BitOperations.RoundUpToPowerOf2((Ids * 3) + 1));
        Slots moved = new(count);
        for (uint from = 0; from < old.Count; from++)
        {
            uint value = old.Start[from];
            if (value is 0 or Vacated)
            {
                continue;
            }

            uint at = (uint)_table.Id(value - 1).StableHash() & moved.Mask;
            while (moved.Start[at] != 0)
            {
                at = (at + 1) & moved.Mask;
            }

            moved.Start[at] = value;
        }

        _vacated = 0;
        moved.Region.MarkDirty(0, (long)moved.Count * sizeof(uint));
        Volatile.Write(ref _slots, moved);
        return old;
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
