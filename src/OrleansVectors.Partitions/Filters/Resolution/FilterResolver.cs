using System.Buffers;
using OrleansVectors.Indexes.Ordinals;
using OrleansVectors.Partitions.PayloadIndexing;
using OrleansVectors.Partitions.Rows;

namespace OrleansVectors.Partitions.Filters.Resolution;

/// <summary>Finds out from payload indexes which points match a filter at a moment. The caller is inside the gate, or the applier.</summary>
/// <remarks>
/// A filter that cannot match more points than a list may have is answered by listing the rarest condition's points and
/// looking at each; others by combining sets. In the end every point that changed after the moment is looked at: indexes
/// hold the newest state.
/// </remarks>
internal sealed class FilterResolver(PartitionState state, RowMatcher matcher, AppliedState moment, ResolutionLimits limits)
{
    /// <summary>Going over the bits of so many rows costs what sorting in one ordinal does.</summary>
    private const int RowsPerSorted = 2048;

    private readonly ExtentBuilder _extents = new(state, moment, limits);

    /// <summary>What can be known of a filter's matches; the caller disposes of it.</summary>
    public static FilterMatches Resolve(PartitionState state, Filter filter, RowMatcher matcher, AppliedState moment, ResolutionLimits limits)
        => new FilterResolver(state, matcher, moment, limits).Resolve(filter);

    private FilterMatches Resolve(Filter filter)
    {
        if (TryList(filter) is { } listed)
        {
            return listed;
        }

        if (!state.PayloadIndexes.IsUsable)
        {
            return FilterMatches.OfExtent(state, matcher, moment, null, null);
        }

        Extent extent = _extents.Of(filter);
        List<uint> changes = [];
        if (extent.Upper is null && extent.Lower is null)
        {
            return FilterMatches.OfExtent(state, matcher, moment, extent, _extents.Hint(filter));
        }

        if (extent.Upper is null)
        {
            // So that few points which may not match, under a negation, can be looked at.
            extent = Extent.Within(extent, _extents.Live());
        }

        if (!state.PayloadIndexes.TryCollectChanges(moment.Sequence, changes))
        {
            extent.Dispose();
            return FilterMatches.OfExtent(state, matcher, moment, null, null);
        }

        foreach (uint ordinal in changes)
        {
            Settle(extent, ordinal);
        }

        return FilterMatches.OfExtent(state, matcher, moment, LookedAt(extent), _extents.Hint(filter));
    }

    /// <summary>Looks at a point and puts it where it belongs in both sets.</summary>
    private void Settle(Extent extent, uint ordinal)
    {
        bool matches = LooksLikeMatch(ordinal);
        foreach (OrdinalBits? set in (ReadOnlySpan<OrdinalBits?>)[extent.Lower, extent.Upper])
        {
            if (matches)
            {
                set?.Add(ordinal);
            }
            else
            {
                set?.Remove(ordinal);
            }
        }
    }

    /// <summary>An exact extent in place of one with few points between its sets.</summary>
    private Extent LookedAt(Extent extent)
    {
        if (extent.IsExact || extent.Upper is null || limits.LookedAtMax == 0)
        {
            return extent;
        }

        OrdinalBits settled = extent.Upper.Copy();
        if (extent.Lower is not null)
        {
            settled.AndNot(extent.Lower);
        }

        if (settled.Count() > limits.LookedAtMax)
        {
            settled.Dispose();
            return extent;
        }

        for (uint ordinal = settled.Next(0); ordinal < settled.Rows; ordinal = settled.Next(ordinal + 1))
        {
            if (!LooksLikeMatch(ordinal))
            {
                settled.Remove(ordinal);
            }
        }

        if (extent.Lower is not null)
        {
            settled.Or(extent.Lower);
        }

        extent.Dispose();
        return Extent.Exactly(settled);
    }

    private bool LooksLikeMatch(uint ordinal)
        => ordinal < moment.Rows && state.Table.IsVisible(ordinal, moment.Sequence) && matcher.Matches(ordinal, moment.Sequence);

    private unsafe FilterMatches? TryList(Filter filter)
    {
        (IndexedCondition? condition, HasIdCondition? ids, long estimate) = Rarest(filter);
        if (estimate > limits.ListMax || (condition is { HasPerhaps: true } && estimate > limits.FewPoints))
        {
            // Of many points those that match for sure are not looked at one by one: sets keep them apart.
            return null;
        }

        uint[] list = ArrayPool<uint>.Shared.Rent(limits.ListMax);
        int count = 0;
        if (ids is not null)
        {
            foreach (PointId id in ids.Ids)
            {
                uint ordinal = state.Ids.Visible(id, moment.Sequence);
                if (ordinal != PointRow.NoPrevious)
                {
                    list[count++] = ordinal;
                }
            }
        }
        else
        {
            fixed (uint* target = list)
            {
                OrdinalList listed = new(target, limits.ListMax);
                if (!condition!.TryList(ref listed) || listed.Overflowed)
                {
                    ArrayPool<uint>.Shared.Return(list);
                    return null;
                }

                count = listed.Count;
            }
        }

        List<uint> changes = [];
        if (condition is not null && !state.PayloadIndexes.TryCollectChanges(moment.Sequence, changes))
        {
            ArrayPool<uint>.Shared.Return(list);
            return null;
        }

        if (changes.Count > limits.ListMax - count)
        {
            ArrayPool<uint>.Shared.Return(list);
            return null;
        }

        if (changes.Count > 0 || ids is not null || condition!.Values > 1 || condition.HasPerhaps)
        {
            foreach (uint changed in changes)
            {
                list[count++] = changed;
            }

            count = Distinct(list.AsSpan(0, count));
        }

        bool isDecided = changes.Count == 0 && condition is { HasPerhaps: false } && IsSingle(filter);
        if (!isDecided)
        {
            int kept = 0;
            for (int i = 0; i < count; i++)
            {
                list[kept] = list[i];
                kept += LooksLikeMatch(list[i]) ? 1 : 0;
            }

            count = kept;
        }

        return FilterMatches.OfList(state, matcher, moment, list, count);
    }

    private int Distinct(Span<uint> ordinals)
    {
        if (ordinals.Length > moment.Rows / RowsPerSorted)
        {
            using OrdinalBits set = OrdinalBits.Rent(moment.Rows);
            foreach (uint ordinal in ordinals)
            {
                set.Add(ordinal);
            }

            return set.CopyTo(ordinals);
        }

        ordinals.Sort();
        int kept = 0;
        for (int i = 0; i < ordinals.Length; i++)
        {
            if (i == 0 || ordinals[i] != ordinals[i - 1])
            {
                ordinals[kept++] = ordinals[i];
            }
        }

        return kept;
    }

    /// <summary>Of the conditions that every match fulfils the one with the fewest points.</summary>
    private (IndexedCondition? Condition, HasIdCondition? Ids, long Estimate) Rarest(Filter filter)
    {
        (IndexedCondition? Condition, HasIdCondition? Ids, long Estimate) rarest = (null, null, long.MaxValue);
        foreach (Condition condition in filter.Must)
        {
            if (condition is FilterCondition inner)
            {
                (IndexedCondition? Condition, HasIdCondition? Ids, long Estimate) found = Rarest(inner.Filter);
                rarest = found.Estimate < rarest.Estimate ? found : rarest;
            }
            else if (condition is HasIdCondition ids)
            {
                rarest = ids.Ids.Count < rarest.Estimate ? (null, ids, ids.Ids.Count) : rarest;
            }
            else if (_extents.Bind(condition) is { IsNegation: false } bound and not ExceptCondition)
            {
                long estimate = bound.Estimate;
                rarest = estimate < rarest.Estimate ? (bound, null, estimate) : rarest;
            }
        }

        return rarest;
    }

    /// <summary>Whether the filter is one condition and nothing else.</summary>
    private static bool IsSingle(Filter filter)
        => filter is { Must.Count: 1, Should.Count: 0, MustNot.Count: 0, MinShould: null }
            && (filter.Must[0] is not FilterCondition inner || IsSingle(inner.Filter));
}
