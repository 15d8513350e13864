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
/// 3. Deleted and Payload are the only fields that change later, each by one aligned 64-bit store. A reader at S is not
///    disturbed: a Deleted greater than S still means visible, and payload records lead back to older ones.
/// </remarks>
internal sealed unsafe class PointTable : IDisposable
{
    private readonly PointRow* _rows;

    public PointTable(uint pointsMax)
    {
        PointsMax = pointsMax;
        Region = new NativeRegion("rows", (long)pointsMax * sizeof(PointRow));
        _rows = (PointRow*)Region.Base;
    }

    public NativeRegion Region { get; }

    /// <summary>Ordinals there can be.</summary>
    public uint PointsMax { get; }

    /// <summary>Ordinals in use. Written by the applier; readers take the count that was published with their sequence.</summary>
    public uint Count { get; set; }

    public PointRow* Rows => _rows;

    public static long BytesOf(uint count) => (long)count * sizeof(PointRow);

    /// <summary>Stores a new version and returns its ordinal.</summary>
    public uint Append(PointId id, ulong sequence, long payload, uint previous)
    {
        uint ordinal = Count;
        Invariant.Holds(ordinal < PointsMax, "a write beyond the partition's capacity is refused before it is logged");
        Region.EnsureCommitted(BytesOf(ordinal + 1));
        PointRow* row = _rows + ordinal;
        row->IdLow = (ulong)id.Bits;
        row->IdHigh = (ulong)(id.Bits >> 64);
        row->Created = sequence;
        row->Deleted = PointRow.Live;
        row->Payload = payload;
        row->Previous = previous;
        row->Flags = id.IsUuid ? PointRow.UuidFlag : 0;
        MarkDirty(ordinal);
        Count = ordinal + 1;
        return ordinal;
    }

    public void MarkDeleted(uint ordinal, ulong sequence)
    {
        Volatile.Write(ref _rows[ordinal].Deleted, sequence);
        MarkDirty(ordinal);
    }

    public void SetPayload(uint ordinal, long payload)
    {
        Volatile.Write(ref _rows[ordinal].Payload, payload);
        MarkDirty(ordinal);
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

    public bool IsVisible(uint ordinal, ulong sequence)
        => Volatile.Read(ref _rows[ordinal].Created) <= sequence && sequence < Volatile.Read(ref _rows[ordinal].Deleted);

    public long Payload(uint ordinal) => Volatile.Read(ref _rows[ordinal].Payload);

    public ulong Created(uint ordinal) => _rows[ordinal].Created;

    public uint Previous(uint ordinal) => _rows[ordinal].Previous;

    public void Dispose() => Region.Dispose();

    private void MarkDirty(uint ordinal) => Region.MarkDirty(BytesOf(ordinal), sizeof(PointRow));
}
