using OrleansVectors.Indexes.Ordinals;
using OrleansVectors.Partitions.Filters.Resolution;
using OrleansVectors.Partitions.PayloadIndexing;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Partitions.Counting;

/// <summary>
/// Counts points under each value of a payload key by the key's index, without looking at payloads but those of points with
/// values of several types, and of points that change meanwhile.
/// </summary>
/// <param name="state">The partition.</param>
/// <param name="key">Whose values.</param>
/// <param name="pointsMin">For fewer points than this their payloads are read instead: an index shows all its values.</param>
internal sealed class IndexedFacets(PartitionState state, PayloadPath key, long pointsMin = IndexedFacets.PointsMin)
{
    private const long PointsMin = 4096;

    /// <summary>How often counting is begun again because points changed meanwhile.</summary>
    private const int AttemptsMax = 3;

    /// <summary>The counts; null when they have to be found in the payloads.</summary>
    /// <param name="matches">Which points count; null for all.</param>
    /// <param name="moment">The reader's moment.</param>
    /// <param name="cancellation">Ends it.</param>
    public IReadOnlyDictionary<FacetValue, long>? TryCount(FilterMatches? matches, AppliedState moment, CancellationToken cancellation)
    {
        if (state.PayloadIndexes.Facets(key) is not { } index
            || (matches is null ? moment.LivePoints : matches.Set is null ? 0 : matches.Max) < pointsMin)
        {
            return null;
        }

        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Attempt(index, matches?.Set, moment) is { } counts)
            {
                return counts;
            }
        }

        return null;
    }

    /// <summary>
    /// Counts in the index what has not changed since the moment and has no values besides, the rest in the payloads. What
    /// changes while counting spoils it.
    /// </summary>
    private Dictionary<FacetValue, long>? Attempt(PayloadIndex index, OrdinalBits? matching, AppliedState moment)
    {
        using OrdinalBits others = OrdinalBits.Rent(moment.Rows);
        index.CollectOthers(others);
        using OrdinalBits counted = OrdinalBits.Rent(moment.Rows);
        state.PayloadIndexes.CollectLive(counted);
        List<uint> changed = [];
        if (!state.PayloadIndexes.TryCollectChanges(moment.Sequence, changed))
        {
            return null;
        }

        foreach (uint ordinal in changed)
        {
            if (ordinal < moment.Rows && state.Table.IsVisible(ordinal, moment.Sequence))
            {
                counted.Add(ordinal);
                others.Add(ordinal);
            }
            else
            {
                counted.Remove(ordinal);
            }
        }

        if (matching is not null)
        {
            counted.And(matching);
        }

        others.And(counted);
        counted.AndNot(others);
        Counter counter = new(counted);
        if (!index.VisitFacets(counter))
        {
            return null;
        }

        List<uint> changedSince = [];
        if (!state.PayloadIndexes.TryCollectChanges(moment.Sequence, changedSince) || changedSince.Exists(counted.Contains))
        {
            return null;
        }

        FacetCounter rest = new(key);
        for (uint ordinal = others.Next(0); ordinal < others.Rows; ordinal = others.Next(ordinal + 1))
        {
            rest.Add(state.Payloads.Read(state.Table.Payload(ordinal), moment.Sequence, out _));
        }

        foreach ((FacetValue value, long count) in rest.Counts)
        {
            counter.Counts[value] = counter.Counts.GetValueOrDefault(value) + count;
        }

        return counter.Counts;
    }

    private sealed class Counter(OrdinalBits counted) : IFacetVisitor
    {
        public Dictionary<FacetValue, long> Counts { get; } = [];

        public void Visit(FacetValue value, ulong head)
        {
            Intersection intersection = new(counted);
            PostingLists.Visit(head, ref intersection);
            if (intersection.Count > 0)
            {
                Counts[value] = Counts.GetValueOrDefault(value) + intersection.Count;
            }
        }
    }

    private unsafe struct Intersection(OrdinalBits counted) : IOrdinalSink
    {
        public long Count { get; private set; }

        public bool Add(uint ordinal)
        {
            Count += counted.Contains(ordinal) ? 1 : 0;
            return true;
        }

        public bool AddBits(uint first, ulong* words, int count)
        {
            Count += counted.CountBits(first, words, count);
            return true;
        }
    }
}
