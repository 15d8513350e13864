using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>Searches: down the levels greedily, then the best-first walk on the lowest one (algorithm 5 of the paper).</summary>
internal sealed unsafe class HnswSearcher<TScorer>(HnswGraph graph, VectorSpace space)
    where TScorer : struct, IScorer<TScorer>
{
    /// <summary>A two-hop walk keeps this many nodes per result sought to be expanded: matches, and bridges between them.</summary>
    private const int FrontierPerResult = 2;

    private const int FrontierMin = 64;

    /// <summary>
    /// A walk that finds too few that match is done again with four times the candidates, and once more: what matches may
    /// just have been outnumbered where the query is, as where a cluster was deleted.
    /// </summary>
    private const int AdmissionWalksMax = 3;

    private const int AdmissionGrowthShift = 2;
    private const int EfOfGrowthMax = 1 << 14;
    private const double RoomDeviations = 3;

    public int Search<TFilter>(
        ReadOnlySpan<float> query, int k, int ef, TFilter filter, Span<Candidate> results, out SearchStats stats, WalkPlan plan, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter
    {
        var entry = graph.Entry;
        if (entry.IsNone || k == 0)
        {
            stats = default;
            return 0;
        }

        ef = Math.Max(ef, k);
        var scratch = SearchScratch.Rent(graph.Capacity, space.ContextBytes);
        try
        {
            var counts = new WalkCounts { WorkMax = plan.WorkMax };
            var scorer = TScorer.ForQuery(space, scratch.CopyQuery(query, PaddedRows.PaddedLength(space.Dim)), scratch.Context);
            var start = DescendTo(scorer, entry, 0, scratch, ref counts);
            var count = 0;
            var needed = plan.Needed > 0 ? Math.Min(plan.Needed, k) : k;
            if (typeof(TFilter) == typeof(AdmitAll))
            {
                count = WalkThenAdmit(scorer, start, ef, filter, 0, k, results[..k], scratch, ref counts, cancellation);
            }
            else if (plan.Walk == FilteredWalk.Admission)
            {
                for (var walk = 0; walk < AdmissionWalksMax && count < needed && (walk == 0 || (long)counts.Work << AdmissionGrowthShift < plan.WorkMax); walk++)
                {
                    var wider = (int)Math.Min((long)ef << (AdmissionGrowthShift * walk), EfOfGrowthMax);
                    count = WalkThenAdmit(scorer, start, Math.Max(ef, wider), filter, plan.Share, needed, results[..k], scratch, ref counts, cancellation);
                }
            }

            if (typeof(TFilter) != typeof(AdmitAll) && count < needed)
            {
                count = WalkTwoHops(scorer, start, ef, filter, plan, results[..k], scratch, ref counts, cancellation);
            }

            stats = new SearchStats(counts.Visited, counts.Distances, counts.TwoHops, counts.BudgetExhausted);
            return count;
        }
        finally
        {
            SearchScratch.Return(scratch);
        }
    }

    /// <summary>The nearest node found on the way down from the entry point to where the walk of <paramref name="level"/> starts.</summary>
    public long DescendTo(TScorer scorer, EntryPoint entry, int level, SearchScratch scratch, ref WalkCounts counts)
    {
        var nearest = PackedKey.Of(scorer.Score(entry.Ordinal), entry.Ordinal);
        counts.Distances++;
        for (var above = entry.Level; above > level; above--)
        {
            nearest = GraphWalk<TScorer>.Descend(scorer, graph.Upper(above), nearest, scratch, ref counts);
        }

        return nearest;
    }

    /// <summary>
    /// Walks through all points and asks the filter about what was found. Where the share that matches is known, so many
    /// are expanded that about ef match; where chance left fewer than are needed, the walk goes on with a few more.
    /// </summary>
    private int WalkThenAdmit<TFilter>(
        TScorer scorer,
        long start,
        int ef,
        TFilter filter,
        double share,
        int needed,
        Span<Candidate> results,
        SearchScratch scratch,
        ref WalkCounts counts,
        CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter
    {
        var kept = share > 0 ? Math.Max(ef, (int)Math.Min(Math.Ceiling(ef / share), EfOfGrowthMax)) : ef;
        var room = share > 0 ? Math.Max(kept, (int)Math.Min(RoomFor(needed, share), EfOfGrowthMax)) : ef;
        var found = scratch.ClearPool(room);
        var progress = GraphWalk<TScorer>.Begin(start, found, graph.OrdinalsEnd, scratch);
        var sought = kept;
        while (true)
        {
            GraphWalk<TScorer>.GoOn(scorer, graph.Lowest, found, room, sought, ref progress, scratch, ref counts, cancellation);
            if (sought >= room || progress.Held <= sought)
            {
                break;
            }

            var admitted = CountAdmitted(found, sought, filter);
            if (admitted >= needed)
            {
                break;
            }

            sought = (int)Math.Min(room, sought + Math.Ceiling((needed - admitted) / share));
        }

        var count = 0;
        for (var i = 0; i < progress.Held && count < results.Length; i++)
        {
            if (filter.Admits(PackedKey.Ordinal(found[i])))
            {
                results[count++] = new Candidate(PackedKey.Distance(found[i]), PackedKey.Ordinal(found[i]));
            }
        }

        return count;
    }

    /// <summary>Of so many points as many match as are needed, but for one time in a thousand.</summary>
    private static double RoomFor(int needed, double share) => (needed + (RoomDeviations * Math.Sqrt(needed * (1 - share)))) / share;

    private static int CountAdmitted<TFilter>(long* found, int held, TFilter filter)
        where TFilter : struct, IOrdinalFilter
    {
        var count = 0;
        for (var i = 0; i < held; i++)
        {
            count += filter.Admits(PackedKey.Ordinal(found[i])) ? 1 : 0;
        }

        return count;
    }

    private int WalkTwoHops<TFilter>(
        TScorer scorer, long start, int ef, TFilter filter, WalkPlan plan, Span<Candidate> results, SearchScratch scratch, ref WalkCounts counts, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter
    {
        Span<long> starts = stackalloc long[WalkPlan.SeedsMax + 1];
        starts[0] = start;
        var startCount = 1;
        foreach (var seed in plan.Seeds)
        {
            if (seed != PackedKey.Ordinal(start) && graph.Contains(seed) && filter.Admits(seed))
            {
                starts[startCount++] = PackedKey.Of(scorer.Score(seed), seed);
            }
        }

        counts.Distances += startCount - 1;
        var frontierCapacity = Math.Max(ef * FrontierPerResult, FrontierMin);
        var frontier = scratch.ClearPool(frontierCapacity);
        var found = scratch.ClearResults(ef);
        var count = TwoHopWalk<TScorer>.Run(
            scorer, graph.Lowest, filter, plan.Share, starts[..startCount], frontier, frontierCapacity, found, ef, graph.OrdinalsEnd, scratch, ref counts, cancellation);
        count = Math.Min(count, results.Length);
        for (var i = 0; i < count; i++)
        {
            results[i] = new Candidate(PackedKey.Distance(found[i]), PackedKey.Ordinal(found[i]));
        }

        return count;
    }
}
