using OrleansVectors.Indexes.Ordinals;
using OrleansVectors.Partitions.PayloadIndexing;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Rows;

namespace OrleansVectors.Partitions.Filters.Resolution;

/// <summary>
/// Turns a filter into an <see cref="Extent"/>: what indexes answer becomes sets, what they do not answer leaves the bounds
/// open. There must be a usable index.
/// </summary>
internal sealed class ExtentBuilder(PartitionState state, AppliedState moment, ResolutionLimits limits)
{
    /// <summary>Conditions that may be counted by sets: one set for each count.</summary>
    private const int CountedMax = 16;

    /// <summary>What was bound once: it is asked for an estimate, for a list and for a set, one after the other.</summary>
    private readonly Dictionary<Condition, IndexedCondition?> _bound = new(ReferenceEqualityComparer.Instance);

    /// <summary>What an index of the condition's path knows about it; null when there is none.</summary>
    /// <remarks>What changes after the first binding is among the changes that the resolver looks at in the end.</remarks>
    public IndexedCondition? Bind(Condition condition)
    {
        if (!_bound.TryGetValue(condition, out IndexedCondition? bound))
        {
            bound = KeyOf(condition) is { } key ? state.PayloadIndexes.Bind(key, condition) : null;
            _bound.Add(condition, bound);
        }

        return bound;
    }

    /// <summary>How many points match a filter of one condition that was left to the payloads; null for other filters.</summary>
    public long? Hint(Filter filter)
        => filter is { Must.Count: 1, Should.Count: 0, MustNot.Count: 0, MinShould: null }
            && Bind(filter.Must[0]) is { IsNegation: false, HasPerhaps: false } bound
            ? bound.Estimate
            : null;

    public Extent Of(Filter filter)
    {
        // The rarest first: what comes after it may not be worth a set.
        List<(long Estimate, Func<Extent> Extent)> parts = [];
        foreach (Condition condition in filter.Must)
        {
            parts.Add((EstimateOf(condition), () => Of(condition)));
        }

        if (filter.Should.Count > 0)
        {
            parts.Add((SumOf(filter.Should), () => AnyOf(filter.Should)));
        }

        if (filter.MinShould is { MinCount: > 0 } minShould)
        {
            parts.Add((SumOf(minShould.Conditions), () => AtLeast(minShould)));
        }

        foreach (Condition condition in filter.MustNot)
        {
            parts.Add((moment.LivePoints, () => Not(Of(condition))));
        }

        parts.Sort((left, right) => left.Estimate.CompareTo(right.Estimate));
        Extent? all = null;
        foreach ((long estimate, Func<Extent> part) in parts)
        {
            if (all?.Upper is { } left && estimate > limits.FewPoints && left.Count() <= limits.FewPoints)
            {
                return Extent.AtMost(all);
            }

            all = all is null ? part() : Extent.And(all, part());
        }

        return all ?? Extent.Exactly(Live());
    }

    private Extent Of(Condition condition)
    {
        switch (condition)
        {
            case FilterCondition inner:
                return Of(inner.Filter);
            case HasIdCondition hasId:
                return Extent.Exactly(Having(hasId.Ids));
            case NestedCondition nested:
                return Extent.Between(null, UpperOf(nested.Filter, nested.Key.ToElements()));
            default:
                return Bind(condition) is { } bound && bound.Values <= limits.ValuesMax ? Collected(bound) : Extent.Unknown();
        }
    }

    private Extent Collected(IndexedCondition bound)
    {
        OrdinalBits sure = OrdinalBits.Rent(moment.Rows);
        OrdinalBits perhaps = OrdinalBits.Rent(moment.Rows);
        bound.Collect(sure, perhaps);
        if (!bound.HasPerhaps)
        {
            perhaps.Dispose();
            return bound.IsNegation ? Not(Extent.Exactly(sure)) : Extent.Exactly(sure);
        }

        perhaps.Or(sure);
        return Extent.Between(sure, perhaps);
    }

    private Extent AnyOf(IReadOnlyList<Condition> conditions)
    {
        Extent any = Of(conditions[0]);
        for (int i = 1; i < conditions.Count; i++)
        {
            any = Extent.Or(any, Of(conditions[i]));
        }

        return any;
    }

    private Extent Not(Extent extent)
    {
        using OrdinalBits live = Live();
        return Extent.Not(extent, live);
    }

    private Extent AtLeast(MinShould minShould)
    {
        if (minShould.MinCount > minShould.Conditions.Count)
        {
            return Extent.Exactly(OrdinalBits.Rent(moment.Rows));
        }

        if (minShould.Conditions.Count > CountedMax)
        {
            return Extent.Unknown();
        }

        List<Extent> extents = [.. minShould.Conditions.Select(Of)];
        try
        {
            OrdinalBits? upper = AtLeast([.. extents.Select(extent => extent.Upper)], minShould.MinCount);
            return extents.TrueForAll(extent => extent.IsExact)
                ? Extent.Exactly(upper!)
                : Extent.Between(AtLeast([.. extents.Where(extent => extent.Lower is not null).Select(extent => extent.Lower)], minShould.MinCount), upper);
        }
        finally
        {
            extents.ForEach(extent => extent.Dispose());
        }
    }

    /// <summary>Points in at least so many of the sets, a null set holding all; null for all points.</summary>
    private OrdinalBits? AtLeast(List<OrdinalBits?> sets, int count)
    {
        count -= sets.RemoveAll(set => set is null);
        if (count <= 0)
        {
            return null;
        }

        // counted[i]: points in at least i + 1 of the sets so far.
        OrdinalBits[] counted = new OrdinalBits[count];
        for (int i = 0; i < count; i++)
        {
            counted[i] = OrdinalBits.Rent(moment.Rows);
        }

        foreach (OrdinalBits? set in sets)
        {
            for (int i = count - 1; i > 0; i--)
            {
                using OrdinalBits one = counted[i - 1].Copy();
                one.And(set!);
                counted[i].Or(one);
            }

            counted[0].Or(set!);
        }

        for (int i = 0; i + 1 < count; i++)
        {
            counted[i].Dispose();
        }

        return counted[count - 1];
    }

    /// <summary>
    /// Points that can have an element which matches a filter: each condition that is not a negation holds for some element,
    /// whose values the index of the longer path has. Null for all points.
    /// </summary>
    private OrdinalBits? UpperOf(Filter filter, PayloadPath elements)
    {
        OrdinalBits? all = null;
        foreach (Condition condition in filter.Must)
        {
            all = Narrowed(all, UpperOf(condition, elements));
        }

        return filter.Should.Count == 0 ? all : Narrowed(all, UpperOfAny(filter.Should, elements));
    }

    private OrdinalBits? UpperOf(Condition condition, PayloadPath elements)
    {
        if (condition is FilterCondition inner)
        {
            return UpperOf(inner.Filter, elements);
        }

        if (condition is NestedCondition nested)
        {
            return UpperOf(nested.Filter, Join(elements, nested.Key).ToElements());
        }

        if (KeyOf(condition) is not { } key
            || state.PayloadIndexes.Bind(Join(elements, key), condition) is not { IsNegation: false } bound
            || bound.Values > limits.ValuesMax)
        {
            return null;
        }

        OrdinalBits upper = OrdinalBits.Rent(moment.Rows);
        using OrdinalBits perhaps = OrdinalBits.Rent(moment.Rows);
        bound.Collect(upper, perhaps);
        upper.Or(perhaps);
        return upper;
    }

    private OrdinalBits? UpperOfAny(IReadOnlyList<Condition> conditions, PayloadPath elements)
    {
        OrdinalBits any = OrdinalBits.Rent(moment.Rows);
        foreach (Condition condition in conditions)
        {
            using OrdinalBits? upper = UpperOf(condition, elements);
            if (upper is null)
            {
                any.Dispose();
                return null;
            }

            any.Or(upper);
        }

        return any;
    }

    private static OrdinalBits? Narrowed(OrdinalBits? all, OrdinalBits? upper)
    {
        if (all is null || upper is null)
        {
            return all ?? upper;
        }

        all.And(upper);
        upper.Dispose();
        return all;
    }

    private OrdinalBits Having(IReadOnlyList<PointId> ids)
    {
        OrdinalBits having = OrdinalBits.Rent(moment.Rows);
        foreach (PointId id in ids)
        {
            uint ordinal = state.Ids.Visible(id, moment.Sequence);
            if (ordinal != PointRow.NoPrevious)
            {
                having.Add(ordinal);
            }
        }

        return having;
    }

    /// <summary>The live points, as an index holds them now.</summary>
    public OrdinalBits Live()
    {
        OrdinalBits live = OrdinalBits.Rent(moment.Rows);
        state.PayloadIndexes.CollectLive(live);
        return live;
    }

    private long EstimateOf(Condition condition)
        => condition switch
        {
            HasIdCondition hasId => hasId.Ids.Count,
            FilterCondition { Filter: { Must.Count: > 0 } inner } => inner.Must.Min(EstimateOf),
            FilterCondition { Filter: { Should.Count: > 0 } inner } => SumOf(inner.Should),
            _ => Bind(condition) is { IsNegation: false } bound ? bound.Estimate : moment.LivePoints,
        };

    private long SumOf(IReadOnlyList<Condition> conditions)
    {
        long sum = 0;
        foreach (Condition condition in conditions)
        {
            sum += EstimateOf(condition);
        }

        return sum;
    }

    private static PayloadPath Join(PayloadPath elements, PayloadPath key) => PayloadPath.FromSteps(elements.Steps.AddRange(key.Steps));

    private static PayloadPath? KeyOf(Condition condition)
        => condition switch
        {
            MatchCondition match => match.Key,
            RangeCondition range => range.Key,
            DateTimeRangeCondition range => range.Key,
            GeoBoundingBoxCondition box => box.Key,
            GeoRadiusCondition radius => radius.Key,
            GeoPolygonCondition polygon => polygon.Key,
            IsEmptyCondition empty => empty.Key,
            FieldIsEmptyCondition empty => empty.Key,
            _ => null,
        };
}
