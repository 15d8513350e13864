namespace OrleansVectors.Indexes.PayloadIndexes;

/// <summary>
/// Places as 64-bit keys: longitude and latitude in 31 bits each, interleaved (Morton order), so that a square of the map
/// is one range of keys and a box a few.
/// </summary>
/// <remarks>Ranges cover a box and a little more: whoever asks looks at the places themselves. Source: Samet, "Foundations of Multidimensional and Metric Data Structures", 2006, section 1.3 (quadtrees as ordered keys).</remarks>
public static class GeoCells
{
    /// <summary>Ranges that a box is covered with at most.</summary>
    public const int RangesMax = 32;

    private const int Bits = 31;
    private const double Cells = 1L << Bits;

    /// <summary>The key of a place with a longitude from -180 to 180 and a latitude from -90 to 90.</summary>
    public static long KeyOf(double longitude, double latitude) => (long)(Spread(Column(longitude)) | (Spread(Row(latitude)) << 1));

    /// <summary>Ranges of keys, ascending and apart, that hold every place of a box.</summary>
    public static List<(long First, long Last)> Cover(GeoBox box)
    {
        var west = Column(box.West);
        var east = Column(box.East);
        var south = Row(box.South);
        var north = Row(box.North);
        List<(long, long)> ranges = [];
        if (west > east || south > north)
        {
            return ranges;
        }

        // Squares are split level by level, while the ranges they would make stay few.
        List<(ulong Key, int Level)> open = [(0, 0)];
        List<(ulong Key, int Level)> settled = [];
        while (open.Count > 0 && settled.Count + (open.Count * 4) <= RangesMax * 2)
        {
            List<(ulong Key, int Level)> next = [];
            foreach (var (key, level) in open)
            {
                var side = Bits - level;
                var column = (long)Gather(key);
                var row = (long)Gather(key >> 1);
                var last = (1L << side) - 1;
                if (column > east || column + last < west || row > north || row + last < south)
                {
                    continue;
                }

                if (level == Bits || (column >= west && column + last <= east && row >= south && row + last <= north))
                {
                    settled.Add((key, level));
                    continue;
                }

                for (ulong quarter = 0; quarter < 4; quarter++)
                {
                    next.Add((key | (quarter << (2 * (side - 1))), level + 1));
                }
            }

            open = next;
        }

        foreach (var (key, level) in open.Concat(settled))
        {
            var side = Bits - level;
            var column = (long)Gather(key);
            var row = (long)Gather(key >> 1);
            var last = (1L << side) - 1;
            if (column <= east && column + last >= west && row <= north && row + last >= south)
            {
                ranges.Add(((long)key, (long)(key + ((1UL << (2 * side)) - 1))));
            }
        }

        ranges.Sort();
        return Joined(ranges);
    }

    private static List<(long First, long Last)> Joined(List<(long First, long Last)> ranges)
    {
        List<(long First, long Last)> joined = [];
        foreach (var range in ranges)
        {
            if (joined.Count > 0 && joined[^1].Last + 1 == range.First)
            {
                joined[^1] = (joined[^1].First, range.Last);
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined;
    }

    private static uint Column(double longitude) => Cell((longitude + 180) / 360);

    private static uint Row(double latitude) => Cell((latitude + 90) / 180);

    private static uint Cell(double share) => (uint)Math.Clamp(share * Cells, 0, Cells - 1);

    /// <summary>Bit i goes to bit 2i.</summary>
    private static ulong Spread(uint value)
    {
        ulong bits = value;
        bits = (bits | (bits << 16)) & 0x0000FFFF0000FFFF;
        bits = (bits | (bits << 8)) & 0x00FF00FF00FF00FF;
        bits = (bits | (bits << 4)) & 0x0F0F0F0F0F0F0F0F;
        bits = (bits | (bits << 2)) & 0x3333333333333333;
        return (bits | (bits << 1)) & 0x5555555555555555;
    }

    /// <summary>Bit 2i goes to bit i.</summary>
    private static uint Gather(ulong bits)
    {
        bits &= 0x5555555555555555;
        bits = (bits | (bits >> 1)) & 0x3333333333333333;
        bits = (bits | (bits >> 2)) & 0x0F0F0F0F0F0F0F0F;
        bits = (bits | (bits >> 4)) & 0x00FF00FF00FF00FF;
        bits = (bits | (bits >> 8)) & 0x0000FFFF0000FFFF;
        return (uint)(bits | (bits >> 16));
    }
}
