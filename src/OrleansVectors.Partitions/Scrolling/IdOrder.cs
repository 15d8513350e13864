using OrleansVectors.Partitions.Rows;

namespace OrleansVectors.Partitions.Scrolling;

/// <summary>
/// Ordinals in the order of their ids, made when somebody scrolls and kept until enough has been written since. Rows
/// written after it was made are looked at one by one.
/// </summary>
/// <param name="Ordinals">Versions that were live when it was made, ascending by id.</param>
/// <param name="Rows">Ordinals from here on are not in it.</param>
internal sealed record IdOrder(uint[] Ordinals, uint Rows)
{
    /// <summary>Rows that may be written before the order is made again; beyond an eighth of its size.</summary>
    private const uint TailMin = 4096;

    public static IdOrder Empty { get; } = new([], 0);

    /// <summary>Whether so many rows have been written since that looking at them costs more than sorting.</summary>
    public bool IsStale(uint rows) => rows > Rows && rows - Rows > Math.Max(TailMin, (uint)Ordinals.Length / 8);

    /// <summary>Sorts what is live now. Readers that took their moment after this call find everything they may see in it or in the rows behind it.</summary>
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
        return new IdOrder(ordinals, moment.Rows);
    }

    /// <summary>Position of the first id that is not less.</summary>
    public int LowerBound(PointTable table, PointId from)
    {
        int low = 0;
        int high = Ordinals.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (table.Id(Ordinals[middle]) < from)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
