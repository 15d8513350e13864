using OrleansVectors.Partitions.Rows;

namespace OrleansVectors.Partitions.Scrolling;

/// <summary>
/// Ordinals in the order of their ids, made when somebody scrolls and kept until enough has been written since. Versions
/// written after it was made are looked at one by one.
/// </summary>
/// <remarks>
/// An ordinal may be used again while the order is kept. Its row then says that it was created later: the order takes no
/// notice of it, and finds the new version among the rows written since.
/// </remarks>
/// <param name="Ordinals">Versions that were live when it was made, ascending by id.</param>
/// <param name="Made">The moment it was made of.</param>
internal sealed record IdOrder(uint[] Ordinals, AppliedState Made)
{
    /// <summary>Rows that may be written before the order is made again; beyond an eighth of its size.</summary>
    private const uint TailMin = 4096;

    public static IdOrder Empty { get; } = new([], new AppliedState(0, 0, 0));

    /// <summary>Whether so much has been written since that looking at it costs more than sorting.</summary>
    public bool IsStale(AppliedState now) => now.Versions - Made.Versions > Math.Max(TailMin, Ordinals.Length / 8) || Made.Sequence == 0;

    /// <summary>Whether an ordinal holds no version of the order any more, but a later one or none.</summary>
    public bool IsReplaced(PointTable table, uint ordinal) => table.Created(ordinal) > Made.Sequence;

    /// <summary>Rows that may hold versions written after the order was made, as of a moment.</summary>
    public IEnumerable<uint> WrittenSince(PointTable table, AppliedState moment)
    {
        for (uint ordinal = 0; ordinal < moment.Rows;)
        {
            uint end = Math.Min(moment.Rows, (ordinal / PointTable.BlockRows * PointTable.BlockRows) + PointTable.BlockRows);
            if (table.BlockWritten(ordinal / PointTable.BlockRows) <= Made.Sequence)
            {
                ordinal = end;
                continue;
            }

            for (; ordinal < end; ordinal++)
            {
                if (IsReplaced(table, ordinal))
                {
                    yield return ordinal;
                }
            }
        }
    }

    /// <summary>Sorts what is live now. Readers that took their moment after this call find everything they may see in it or among what was written since.</summary>
    /// <remarks>The caller is inside the gate, so no version that is live at the moment is replaced meanwhile.</remarks>
    public static IdOrder Make(PointTable table, AppliedState moment)
    {
        List<uint> live = new((int)Math.Min(int.MaxValue, moment.LivePoints));
        for (uint ordinal = 0; ordinal < moment.Rows; ordinal++)
        {
            if (table.IsVisible(ordinal, moment.Sequence))
            {
                live.Add(ordinal);
            }
        }

        uint[] ordinals = [.. live];
        Array.Sort(ordinals, (left, right) => table.Id(left).CompareTo(table.Id(right)));
        return new IdOrder(ordinals, moment);
    }

    /// <summary>A position such that every version of the order with that id or a greater one is there or behind it, and few others are.</summary>
    public int LowerBound(PointTable table, PointId from)
    {
        int low = 0;
        int high = Ordinals.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            int present = middle;
            PointId id = default;
            while (present < high && !TryId(table, Ordinals[present], out id))
            {
                present++; // its id is not the one it was sorted by: the next one's stands for it
            }

            if (present < high && id < from)
            {
                low = present + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The id that an ordinal was sorted by; false when another version has taken its place, perhaps just now.</summary>
    private bool TryId(PointTable table, uint ordinal, out PointId id)
    {
        id = table.Id(ordinal);
        Interlocked.MemoryBarrier(); // a row says that it is free before it gets another id
        return !IsReplaced(table, ordinal);
    }
}
