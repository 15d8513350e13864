using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>Searches: down the levels greedily, then the best-first walk on the lowest one (algorithm 5 of the paper).</summary>
internal sealed unsafe class HnswSearcher<TScorer>(HnswGraph graph, VectorSpace space)
    where TScorer : struct, IScorer<TScorer>
{
    /// <summary>
    /// The frontier of a filtered walk keeps this many nodes per result sought, and at least <see cref="FrontierMin"/>:
    /// enough to pass through fifteen refused nodes for each admitted one.
    /// </summary>
    private const int FrontierPerResult = 16;

    private const int FrontierMin = 1024;

    public int Search<TFilter>(
        ReadOnlySpan<float> query, int k, int ef, TFilter filter, Span<Candidate> results, out SearchStats stats, int distancesMax, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter
    {
        var entry = graph.Entry;
        if (entry.IsNone || k == 0)
        {
            stats = default;
            return 0;
        }

        var scratch = SearchScratch.Rent(graph.Capacity, space.ContextBytes);
        try
        {
            var counts = new WalkCounts { DistancesMax = distancesMax };
            var scorer = TScorer.ForQuery(space, scratch.CopyQuery(query, PaddedRows.PaddedLength(space.Dim)), scratch.Context);
            var start = DescendTo(scorer, entry, 0, scratch, ref counts);
            ef = Math.Max(ef, k);
            long* found;
            int count;
            if (typeof(TFilter) == typeof(AdmitAll))
            {
                found = scratch.ClearPool(ef);
                count = GraphWalk<TScorer>.Run(scorer, graph.Lowest, start, found, ef, graph.OrdinalsEnd, scratch, ref counts, cancellation);
            }
            else
            {
                var frontierCapacity = Math.Max(ef * FrontierPerResult, FrontierMin);
                var frontier = scratch.ClearPool(frontierCapacity);
                found = scratch.ClearResults(ef);
                count = GraphWalk<TScorer>.RunFiltered(
                    scorer, graph.Lowest, start, filter, frontier, frontierCapacity, found, ef, graph.OrdinalsEnd, scratch, ref counts, cancellation);
            }

            count = Math.Min(count, k);
            for (var i = 0; i < count; i++)
            {
                results[i] = new Candidate(PackedKey.Distance(found[i]), PackedKey.Ordinal(found[i]));
            }

            stats = new SearchStats(counts.Visited, counts.Distances, counts.BudgetExhausted);
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
}
