using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Partitions.Rows;

/// <summary>
/// The versions of points by ordinal. One writer (the applier), any number of readers without locks.
/// </summary>
/// <remarks>
/// Protocol:
/// 1. A reader takes the applied sequence S once and then sees exactly the versions with Created &lt;= S &lt; Deleted.
/// 2. The writer stores a version whole before anything leads a reader to its ordinal, and gives it a Created greater
///    than every S in use; the change becomes visible when the writer publishes the new applied sequence.
/// 3. Deleted and Payload are the only fields of a live version that change later, each by one aligned 64-bit store. A
///    reader at S is not disturbed: a Deleted greater than S still means visible, and payload records lead back to older ones.
/// 4. A version that has ended is <see cref="Dead"/>. When no reader can see it and no index knows it, it is cut off: ids
///    and later versions lead to it no more. When the readers that were inside then have left, its ordinal is
///    <see cref="Free"/>: Created is greater than every S, until <see cref="Add"/> has written the next version there and
///    stores its Created last. So whoever comes across the ordinal sees no version in it, at whatever moment.
/// </remarks>
internal sealed unsafe class PointTable : IDisposable
{
    /// <summary>Rows that share a note of when one of them was written last.</summary>
    public const int BlockRows = 256;

    /// <summary>Ordinals there can be beyond twice the points: one batch of new versions.</summary>
    private const uint OrdinalsSlack = 1 << 17;

    private readonly PointRow* _rows;
    private readonly NativeRegion _blocks;
    private readonly ulong* _written;

    /// <param name="pointsMax">Live points there may be. Ordinals are reserved for twice as many: ended versions wait for readers and indexes.</param>
    public PointTable(uint pointsMax)
    {
        PointsMax = pointsMax;
        OrdinalsMax = (uint)Math.Min((2L * pointsMax) + OrdinalsSlack, int.MaxValue);
        Region = new NativeRegion("rows", (long)OrdinalsMax * sizeof(PointRow));
        _rows = (PointRow*)Region.Base;
        _blocks = new NativeRegion("rows written", ((OrdinalsMax / BlockRows) + 1L) * sizeof(ulong));
        _written = (ulong*)_blocks.Base;
        Dead = new OrdinalSet("dead", OrdinalsMax);
        Free = new OrdinalSet("free", OrdinalsMax);
    }

    public NativeRegion Region { get; }

    /// <summary>Live points there can be.</summary>
    public uint PointsMax { get; }

    /// <summary>Ordinals there can be.</summary>
    public uint OrdinalsMax { get; }

    /// <summary>One more than the largest ordinal in use. Written by the applier; readers take the count that was published with their sequence.</summary>
    public uint Count { get; private set; }

    /// <summary>Versions written since the partition was opened.</summary>
    public long Versions { get; private set; }

    /// <summary>Ordinals of versions that have ended and are not free yet.</summary>
    public OrdinalSet Dead { get; }

    /// <summary>Ordinals below <see cref="Count"/> that hold no version.</summary>
    public OrdinalSet Free { get; }

    public PointRow* Rows => _rows;

    /// <summary>Where the search for a free ordinal starts: there is none below.</summary>
    private uint FreeFrom { get; set; }

    public static long BytesOf(uint count) => (long)count * sizeof(PointRow);

    /// <summary>Stores a new version, in the lowest free ordinal or behind the last, and returns its ordinal.</summary>
    public uint Add(PointId id, ulong sequence, long payload, uint previous, uint flags = 0)
    {
        uint ordinal = TakeOrdinal();
        PointRow* row = _rows + ordinal;
        row->IdLow = (ulong)id.Bits;
        row->IdHigh = (ulong)(id.Bits >> 64);
        Volatile.Write(ref row->Created, PointRow.NotCreated); // memory behind the last row may be zeroed
        Volatile.Write(ref row->Deleted, PointRow.Live); // after that, see IsVisible
        row->Payload = payload;
        row->Previous = previous;
        row->Flags = flags | (id.IsUuid ? PointRow.UuidFlag : 0);
        Volatile.Write(ref row->Created, sequence);
        MarkDirty(ordinal);
        Volatile.Write(ref _written[ordinal / BlockRows], sequence);
        Versions++;
        return ordinal;
    }

    /// <summary>The ordinal that the next <see cref="Add"/> takes.</summary>
    public uint NextOrdinal()
    {
        FreeFrom = Free.Next(FreeFrom);
        return FreeFrom == OrdinalSet.None ? Count : FreeFrom;
    }

    public void MarkDeleted(uint ordinal, ulong sequence)
    {
        Volatile.Write(ref _rows[ordinal].Deleted, sequence);
        MarkDirty(ordinal);
        Dead.Add(ordinal);
    }

    public void SetPayload(uint ordinal, long payload)
    {
        Volatile.Write(ref _rows[ordinal].Payload, payload);
        MarkDirty(ordinal);
    }

    /// <summary>Makes a version the first of its id that anybody can find.</summary>
    public void CutPrevious(uint ordinal)
    {
        Volatile.Write(ref _rows[ordinal].Previous, PointRow.NoPrevious);
        MarkDirty(ordinal);
    }

    /// <summary>Notes that no id and no later version leads to a dead one.</summary>
    public void NoteUnlinked(uint ordinal)
    {
        _rows[ordinal].Flags |= PointRow.UnlinkedFlag;
        MarkDirty(ordinal);
    }

    /// <summary>Frees the ordinal of a dead version that nobody can come to any more.</summary>
    public void Release(uint ordinal)
    {
        PointRow* row = _rows + ordinal;
        Volatile.Write(ref row->Created, PointRow.NotCreated);
        row->Payload = 0;
        row->Previous = PointRow.NoPrevious;
        MarkDirty(ordinal);
        Dead.Remove(ordinal);
        Free.Add(ordinal);
        FreeFrom = Math.Min(FreeFrom, ordinal);
    }

    /// <summary>Gives up the free ordinals at the end, down to the last one in use.</summary>
    /// <returns>Whether there were any; the memory behind is still there.</returns>
    public bool DropFreeEnd()
    {
        uint end = Count;
        while (end > 0 && Free.Remove(end - 1))
        {
            end--;
        }

        bool dropped = end < Count;
        Count = end;
        return dropped;
    }

    /// <summary>Sets the size before the rows' bytes are put in place by a recovery.</summary>
    public void Reserve(uint count)
    {
        Region.EnsureCommitted(BytesOf(count));
        _blocks.EnsureCommitted(((count / BlockRows) + 1L) * sizeof(ulong));
        Count = count;
    }

    /// <summary>Finds the dead and the free when the rows' bytes are in place.</summary>
    public void Restore()
    {
        for (uint ordinal = 0; ordinal < Count; ordinal++)
        {
            if (_rows[ordinal].Created == PointRow.NotCreated)
            {
                Free.Add(ordinal);
            }
            else if (_rows[ordinal].Deleted != PointRow.Live)
            {
                Dead.Add(ordinal);
            }
        }

        FreeFrom = 0;
    }

    public PointId Id(uint ordinal)
    {
        PointRow* row = _rows + ordinal;
        return PointId.FromBits(new UInt128(row->IdHigh, row->IdLow), (row->Flags & PointRow.UuidFlag) != 0);
    }

    public bool HasId(uint ordinal, PointId id)
    {
        PointRow* row = _rows + ordinal;
        return row->IdLow == (ulong)id.Bits
            && row->IdHigh == (ulong)(id.Bits >> 64)
            && ((row->Flags & PointRow.UuidFlag) != 0) == id.IsUuid;
    }

    /// <summary>Whether the ordinal holds a version that has not ended.</summary>
    public bool IsLive(uint ordinal)
        => ordinal < Count && _rows[ordinal].Created != PointRow.NotCreated && _rows[ordinal].Deleted == PointRow.Live;

    public bool IsVisible(uint ordinal, ulong sequence) => IsVisible(_rows + ordinal, sequence);

    /// <summary>Whether a reader at a sequence sees the version in a row.</summary>
    /// <remarks>
    /// Deleted is read first: an ordinal that is used again says that it is not created before it says that it is not
    /// deleted. The other way round a scan that stops between the two would see a version from after its moment.
    /// </remarks>
    public static bool IsVisible(PointRow* row, ulong sequence)
        => sequence < Volatile.Read(ref row->Deleted) && Volatile.Read(ref row->Created) <= sequence;

    public long Payload(uint ordinal) => Volatile.Read(ref _rows[ordinal].Payload);

    public ulong Created(uint ordinal) => Volatile.Read(ref _rows[ordinal].Created);

    public ulong Deleted(uint ordinal) => Volatile.Read(ref _rows[ordinal].Deleted);

    public uint Previous(uint ordinal) => Volatile.Read(ref _rows[ordinal].Previous);

    public bool IsUnlinked(uint ordinal) => (_rows[ordinal].Flags & PointRow.UnlinkedFlag) != 0;

    /// <summary>Whether the version was moved here: when it was written is then the payload record's sequence.</summary>
    public bool IsMoved(uint ordinal) => (_rows[ordinal].Flags & PointRow.MovedFlag) != 0;

    /// <summary>When a row of the block was written last, as far as the partition has been open.</summary>
    public ulong BlockWritten(uint block) => Volatile.Read(ref _written[block]);

    public void Dispose()
    {
        Region.Dispose();
        _blocks.Dispose();
        Dead.Dispose();
        Free.Dispose();
    }

    private uint TakeOrdinal()
    {
        uint ordinal = NextOrdinal();
        if (ordinal < Count)
        {
            Free.Remove(ordinal);
            return ordinal;
        }

        Invariant.Holds(ordinal < OrdinalsMax, "a write beyond the partition's capacity is refused before it is logged");
        Reserve(ordinal + 1);
        return ordinal;
    }

    private void MarkDirty(uint ordinal) => Region.MarkDirty(BytesOf(ordinal), sizeof(PointRow));
}
