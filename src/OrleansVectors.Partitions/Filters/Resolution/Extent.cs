using OrleansVectors.Indexes.Ordinals;

namespace OrleansVectors.Partitions.Filters.Resolution;

/// <summary>
/// What is known about which live points match a condition: those in a lower set do for sure, those outside an upper set
/// do not, those between have to be looked at.
/// </summary>
/// <remarks>It owns its sets. The combining methods take over what they are given.</remarks>
internal sealed class Extent : IDisposable
{
    private Extent(OrdinalBits? lower, OrdinalBits? upper, bool isExact)
    {
        Lower = lower;
        Upper = upper;
        IsExact = isExact;
    }

    /// <summary>Points that match for sure; null for none. The same set as <see cref="Upper"/> when exact.</summary>
    public OrdinalBits? Lower { get; private set; }

    /// <summary>Points that can match; null for all.</summary>
    public OrdinalBits? Upper { get; private set; }

    /// <summary>Whether nothing lies between the two.</summary>
    public bool IsExact { get; }

    public static Extent Unknown() => new(null, null, isExact: false);

    public static Extent Exactly(OrdinalBits set) => new(set, set, isExact: true);

    public static Extent Between(OrdinalBits? lower, OrdinalBits? upper) => new(lower, upper, isExact: false);

    /// <summary>What matches both.</summary>
    public static Extent And(Extent left, Extent right)
    {
        if (left.IsExact && right.IsExact)
        {
            left.Upper!.And(right.Upper!);
            right.Dispose();
            return left;
        }

        using (left)
        using (right)
        {
            OrdinalBits? lower = left.Lower is not null && right.Lower is not null ? left.Lower.Copy() : null;
            lower?.And(right.Lower!);
            OrdinalBits? upper = (left.Upper ?? right.Upper)?.Copy();
            if (left.Upper is not null && right.Upper is not null)
            {
                upper!.And(right.Upper);
            }

            return Between(lower, upper);
        }
    }

    /// <summary>What matches either.</summary>
    public static Extent Or(Extent left, Extent right)
    {
        if (left.IsExact && right.IsExact)
        {
            left.Upper!.Or(right.Upper!);
            right.Dispose();
            return left;
        }

        using (left)
        using (right)
        {
            OrdinalBits? lower = (left.Lower ?? right.Lower)?.Copy();
            if (left.Lower is not null && right.Lower is not null)
            {
                lower!.Or(right.Lower);
            }

            OrdinalBits? upper = left.Upper is not null && right.Upper is not null ? left.Upper.Copy() : null;
            upper?.Or(right.Upper!);
            return Between(lower, upper);
        }
    }

    /// <summary>Live points that do not match.</summary>
    public static Extent Not(Extent extent, OrdinalBits live)
    {
        using (extent)
        {
            OrdinalBits? lower = Difference(live, extent.Upper);
            return extent.IsExact ? Exactly(lower!) : Between(lower, Difference(live, extent.Lower));
        }
    }

    /// <summary>Forgets what matches for sure, since more has to hold than was looked at.</summary>
    public static Extent AtMost(Extent extent)
    {
        using (extent)
        {
            return Between(null, extent.Upper?.Copy());
        }
    }

    /// <summary>What has no upper set, with the live points as one.</summary>
    public static Extent Within(Extent extent, OrdinalBits live) => Between(extent.Lower, live);

    public void Dispose()
    {
        if (!ReferenceEquals(Lower, Upper))
        {
            Lower?.Dispose();
        }

        Upper?.Dispose();
        Lower = null;
        Upper = null;
    }

    private static OrdinalBits? Difference(OrdinalBits live, OrdinalBits? without)
    {
        if (without is null)
        {
            return null;
        }

        OrdinalBits rest = live.Copy();
        rest.AndNot(without);
        return rest;
    }
}
