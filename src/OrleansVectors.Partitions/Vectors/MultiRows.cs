using System.Runtime.InteropServices;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>
/// The rows of a name whose points have several: one array of rows for all points, and for each ordinal where its rows are.
/// </summary>
/// <remarks>
/// Written by the applier; readers take no lock. An ordinal's rows do not change as long as a reader may see it. An ordinal
/// that is free, when nobody can come to the old version, has given its rows up for reuse.
/// On disk: 16 bytes for each ordinal, little-endian: u32 first row, u32 rows, u32 rows there is room for, u32 0.
/// </remarks>
internal sealed unsafe class MultiRows : IDisposable
{
    /// <summary>Free rows are worth looking through when so many bytes more have become free, and</summary>
    private const long TrimBytesMin = 1L << 20;

    /// <summary>one byte of this many in use.</summary>
    private const int TrimShare = 8;

    private readonly FreeRuns _free = new();
    private readonly MaxSimScan _scan;
    private uint _rowsUsed;
    private long _rowsTrimmed;

    public MultiRows(VectorFieldSchema schema, uint ordinalsMax)
    {
        uint capacity = (uint)Math.Min(uint.MaxValue, (ulong)ordinalsMax * MultiVectorLimits.ReservedRowsPerPoint);
        LiveRowsMax = (long)ordinalsMax * MultiVectorLimits.LiveRowsPerPoint;
        Rows = new VectorRows($"vectors-{schema.Number}", schema.Dim, capacity);
        Extents = new NativeRegion($"extents-{schema.Number}", (long)ordinalsMax * sizeof(Extent));
        _scan = new MaxSimScan(new FloatSpace(Rows, schema.Metric));
    }

    /// <summary>The rows of all points.</summary>
    public VectorRows Rows { get; }

    /// <summary>Where each ordinal's rows are.</summary>
    public NativeRegion Extents { get; }

    /// <summary>Exact search.</summary>
    public MaxSimScan Scan => _scan;

    /// <summary>Where rows are, for a scan.</summary>
    public Places Lookup => new(this);

    /// <summary>Rows of points that are there.</summary>
    public long LiveRows { get; private set; }

    /// <summary>What <see cref="LiveRows"/> may become; the same at every opening.</summary>
    public long LiveRowsMax { get; }

    /// <summary>Bytes of the rows in use.</summary>
    public long UsedBytes => Rows.UsedBytes(_rowsUsed);

    /// <summary>Whether so many more rows have room.</summary>
    public bool HasRoomFor(long rows) => LiveRows + rows <= LiveRowsMax && _rowsUsed + (rows * 9 / 8) + 8 <= Rows.Capacity;

    /// <summary>Bytes of the extents of the first ordinals.</summary>
    public static long ExtentBytes(uint ordinals) => (long)ordinals * sizeof(Extent);

    /// <summary>Makes the first ordinals readable; those never written have no rows.</summary>
    public void Reach(uint ordinals)
    {
        Extents.EnsureCommitted(ExtentBytes(ordinals));
        Extents.MarkDirty(0, ExtentBytes(ordinals));
    }

    /// <summary>Stores the rows of an ordinal, one after the other; none when it has none.</summary>
    public void Write(uint ordinal, ReadOnlySpan<float> rows)
    {
        Extents.EnsureCommitted(ExtentBytes(ordinal + 1));
        ref Extent extent = ref At(ordinal);
        uint count = (uint)(rows.Length / Rows.Dim);
        Extent placed = Place(extent, count);
        for (uint i = 0; i < count; i++)
        {
            Rows.Write(placed.First + i, rows.Slice((int)i * Rows.Dim, Rows.Dim));
        }

        extent = placed;
        LiveRows += count;
        Extents.MarkDirty(ExtentBytes(ordinal), sizeof(Extent));
    }

    /// <summary>Notes that the version of an ordinal has ended.</summary>
    public void End(uint ordinal) => LiveRows -= At(ordinal).Count;

    /// <summary>The rows of an ordinal that has some, one after the other, copied.</summary>
    public float[] Read(uint ordinal)
    {
        RowExtent extent = Lookup.ExtentOf(ordinal);
        float[] rows = new float[extent.Count * Rows.Dim];
        for (int i = 0; i < extent.Count; i++)
        {
            Rows.Vector(extent.First + (uint)i).CopyTo(rows.AsSpan(i * Rows.Dim));
        }

        return rows;
    }

    /// <summary>Takes up again from extents that were put back: what lies between them is free.</summary>
    /// <param name="ordinals">Ordinals in use.</param>
    /// <param name="isLive">Whether an ordinal's version is there.</param>
    public void Restore(uint ordinals, Func<uint, bool> isLive)
    {
        LiveRows = 0;
        List<(uint First, uint Room)> placed = [];
        for (uint ordinal = 0; ordinal < ordinals; ordinal++)
        {
            Extent extent = At(ordinal);
            LiveRows += isLive(ordinal) ? extent.Count : 0;
            if (extent.Room > 0)
            {
                placed.Add((extent.First, extent.Room));
            }
        }

        placed.Sort();
        _rowsUsed = 0;
        foreach ((uint first, uint room) in placed)
        {
            if (first > _rowsUsed)
            {
                _free.Add(_rowsUsed, first - _rowsUsed);
            }

            _rowsUsed = Math.Max(_rowsUsed, first + room);
        }
    }

    /// <summary>Frees the rows of an ordinal that nobody can come to any more.</summary>
    public void Release(uint ordinal)
    {
        ref Extent extent = ref At(ordinal);
        if (extent.Room > 0)
        {
            _free.Add(extent.First, extent.Room);
            extent = default;
            Extents.MarkDirty(ExtentBytes(ordinal), sizeof(Extent));
        }
    }

    /// <summary>Gives back the memory of free rows, at the end and in between, when much has become free. Between two operations.</summary>
    /// <param name="always">Even when it is not much.</param>
    public void Trim(bool always = false)
    {
        if (!always && (_free.Rows - _rowsTrimmed) * Rows.StrideBytes < TrimBytesMin + (UsedBytes / TrimShare))
        {
            _rowsTrimmed = Math.Min(_rowsTrimmed, _free.Rows);
            return;
        }

        List<(uint First, uint Count)> runs = [];
        _rowsUsed = _free.Coalesce(_rowsUsed, runs);
        Rows.Region.Shrink(UsedBytes);
        foreach ((uint first, uint count) in runs)
        {
            if ((long)count * Rows.StrideBytes >= NativeRegion.HugePageBytes)
            {
                Rows.Region.Discard(Rows.UsedBytes(first), (long)count * Rows.StrideBytes);
            }
        }

        _rowsTrimmed = _free.Rows;
    }

    public void Dispose()
    {
        Rows.Dispose();
        Extents.Dispose();
    }

    private ref Extent At(uint ordinal) => ref ((Extent*)Extents.Base)[ordinal];

    private Extent Place(Extent old, uint count)
    {
        if (old.Room >= count && old.Room <= RoomFor(count))
        {
            return old with { Count = count };
        }

        if (old.Room > 0)
        {
            _free.Add(old.First, old.Room);
        }

        uint room = RoomFor(count);
        if (room == 0)
        {
            return default;
        }

        if (_free.TryTake(room, out uint first))
        {
            return new Extent { First = first, Count = count, Room = room };
        }

        first = _rowsUsed;
        _rowsUsed += room;
        Rows.Region.EnsureCommitted(Rows.UsedBytes(_rowsUsed));
        return new Extent { First = first, Count = count, Room = room };
    }

    /// <summary>Rows rounded up to one of few sizes, at most an eighth more, so that what one point leaves another can use.</summary>
    private static uint RoomFor(uint count)
    {
        if (count <= 8)
        {
            return count;
        }

        uint step = 1u << (28 - System.Numerics.BitOperations.LeadingZeroCount(count - 1));
        return (count + step - 1) / step * step;
    }

    /// <summary>Where an ordinal's rows are.</summary>
    public readonly struct Places(MultiRows rows) : IRowExtents
    {
        private readonly Extent* _extents = (Extent*)rows.Extents.Base;

        public RowExtent ExtentOf(uint point) => new(_extents[point].First, (int)_extents[point].Count);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Extent
    {
        public uint First;
        public uint Count;
        public uint Room;
        public uint Unused;
    }
}
