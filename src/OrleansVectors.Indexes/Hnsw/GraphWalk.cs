using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// The best-first walk over one level (algorithm 2 of the paper): follow the links of the nearest node not yet expanded,
/// until the pool holds nothing unexpanded.
/// </summary>
/// <remarks>
/// Three phases per node keep the memory system busy instead of waiting: collect the neighbours not met before without a
/// branch, score them in one batch that prefetches ahead, then enter those near enough. No lock and no allocation; lists
/// may change under the walk, every value read from one is an ordinal whose row and lists are complete.
/// The loops are long because each is one idea, and because calls between its phases cost registers.
/// </remarks>
internal static unsafe class GraphWalk<TScorer>
    where TScorer : struct, IScorer<TScorer>
{
    private const int CancellationStep = 256;

    /// <summary>The nearest node reachable by always going to the nearest neighbour, from <paramref name="start"/>.</summary>
    public static long Descend<TLists>(TScorer scorer, TLists lists, long start, SearchScratch scratch, ref WalkCounts counts)
        where TLists : struct, ILinkLists
    {
        var batch = scratch.Batch;
        var distances = scratch.Distances;
        var nearest = start;
        while (true)
        {
            var list = lists.Of(PackedKey.Ordinal(nearest));
            var count = 0;
            for (; count < lists.Max; count++)
            {
                // Read once: the list may get shorter under this loop.
                var neighbour = list[count];
                if (neighbour == HnswGraph.NoLink)
                {
                    break;
                }

                batch[count] = neighbour;
            }

            scorer.ScoreMany(batch, count, distances);
            counts.Visited++;
            counts.Distances += count;
            var before = nearest;
            for (var i = 0; i < count; i++)
            {
                nearest = Math.Min(nearest, PackedKey.Of(distances[i], batch[i]));
            }

            if (nearest == before)
            {
                return nearest;
            }
        }
    }

    /// <summary>Fills <paramref name="pool"/> with the nearest nodes found.</summary>
    /// <param name="scorer">Knows the query.</param>
    /// <param name="lists">The level.</param>
    /// <param name="start">A node of the level, scored.</param>
    /// <param name="pool">A cleared pool.</param>
    /// <param name="capacity">How many nodes the pool keeps: the paper's ef.</param>
    /// <param name="end">The end of the ordinals in use.</param>
    /// <param name="scratch">The walk's memory.</param>
    /// <param name="counts">What it costs.</param>
    /// <param name="cancellation">Stops it between nodes.</param>
    /// <returns>How many the pool holds.</returns>
    public static int Run<TLists>(
        TScorer scorer, TLists lists, long start, long* pool, int capacity, uint end, SearchScratch scratch, ref WalkCounts counts, CancellationToken cancellation)
        where TLists : struct, ILinkLists
    {
        var marks = scratch.Visited.Marks;
        var epoch = scratch.Visited.NextEpoch(end);
        var batch = scratch.Batch;
        var distances = scratch.Distances;
        marks[PackedKey.Ordinal(start)] = epoch;
        pool[0] = start;
        var held = 1;
        var next = 0;
        var visited = 0;
        var scored = 0;
        while (next < held)
        {
            var key = pool[next];
            if (PackedKey.IsExpanded(key))
            {
                next++;
                continue;
            }

            pool[next++] = PackedKey.Expanded(key);
            if ((++visited & (CancellationStep - 1)) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var count = Collect(lists, PackedKey.Ordinal(key), marks, epoch, batch);
            if (next < held)
            {
                PrefetchList(lists, PackedKey.Ordinal(pool[next]));
            }

            scorer.ScoreMany(batch, count, distances);
            scored += count;
            for (var i = 0; i < count; i++)
            {
                var found = PackedKey.Of(distances[i], batch[i]);
                if (found < pool[capacity - 1])
                {
                    var position = SortedPool.Insert(pool, held, found);
                    held = Math.Min(held + 1, capacity);
                    next = Math.Min(next, position);
                }
            }
        }

        counts.Visited += visited;
        counts.Distances += scored;
        return held;
    }

    /// <summary>
    /// As <see cref="Run"/>, but only nodes that the filter admits enter <paramref name="results"/>; the others are
    /// walked through. Goes on until the results are full and nothing nearer than the last of them is left to expand, so
    /// it widens by itself as the filter gets selective; the budget bounds that.
    /// </summary>
    /// <param name="scorer">Knows the query.</param>
    /// <param name="lists">The level.</param>
    /// <param name="start">A node of the level, scored.</param>
    /// <param name="filter">Decides about results.</param>
    /// <param name="frontier">A cleared pool for the nodes to be expanded.</param>
    /// <param name="frontierCapacity">How many of them it keeps; the farthest are forgotten.</param>
    /// <param name="results">A cleared pool for the admitted nodes.</param>
    /// <param name="capacity">How many results to look for: the paper's ef.</param>
    /// <param name="end">The end of the ordinals in use.</param>
    /// <param name="scratch">The walk's memory.</param>
    /// <param name="counts">What it costs and may cost.</param>
    /// <param name="cancellation">Stops it between nodes.</param>
    /// <returns>How many results there are.</returns>
    public static int RunFiltered<TLists, TFilter>(
        TScorer scorer,
        TLists lists,
        long start,
        TFilter filter,
        long* frontier,
        int frontierCapacity,
        long* results,
        int capacity,
        uint end,
        SearchScratch scratch,
        ref WalkCounts counts,
        CancellationToken cancellation)
        where TLists : struct, ILinkLists
        where TFilter : struct, IOrdinalFilter
    {
        var marks = scratch.Visited.Marks;
        var epoch = scratch.Visited.NextEpoch(end);
        var batch = scratch.Batch;
        var distances = scratch.Distances;
        marks[PackedKey.Ordinal(start)] = epoch;
        frontier[0] = start;
        var held = 1;
        var next = 0;
        var admitted = 0;
        if (filter.Admits(PackedKey.Ordinal(start)))
        {
            results[0] = start;
            admitted = 1;
        }

        while (next < held)
        {
            var key = frontier[next];
            if (PackedKey.IsExpanded(key))
            {
                next++;
                continue;
            }

            if (key > results[capacity - 1])
            {
                break;
            }

            if (counts.Distances >= counts.DistancesMax)
            {
                counts.BudgetExhausted = true;
                break;
            }

            frontier[next++] = PackedKey.Expanded(key);
            if ((++counts.Visited & (CancellationStep - 1)) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var count = Collect(lists, PackedKey.Ordinal(key), marks, epoch, batch);
            if (next < held)
            {
                PrefetchList(lists, PackedKey.Ordinal(frontier[next]));
            }

            scorer.ScoreMany(batch, count, distances);
            counts.Distances += count;
            for (var i = 0; i < count; i++)
            {
                var found = PackedKey.Of(distances[i], batch[i]);
                if (found >= results[capacity - 1])
                {
                    continue;
                }

                if (filter.Admits(batch[i]))
                {
                    SortedPool.Insert(results, admitted, found);
                    admitted = Math.Min(admitted + 1, capacity);
                }

                // The expanded ones at the front are done with: their room is worth more to the frontier.
                if (held == frontierCapacity && next > 0)
                {
                    held -= next;
                    Buffer.MemoryCopy(frontier + next, frontier, held * sizeof(long), held * sizeof(long));
                    new Span<long>(frontier + held, frontierCapacity + SortedPool.Padding - held).Fill(PackedKey.Last);
                    next = 0;
                }

                if (found < frontier[frontierCapacity - 1])
                {
                    var position = SortedPool.Insert(frontier, held, found);
                    held = Math.Min(held + 1, frontierCapacity);
                    next = Math.Min(next, position);
                }
            }
        }

        return admitted;
    }

    /// <summary>Writes the neighbours not met before to <paramref name="batch"/> and marks them as met.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Collect<TLists>(TLists lists, uint node, byte* marks, byte epoch, uint* batch)
        where TLists : struct, ILinkLists
    {
        var list = lists.Of(node);
        var count = 0;
        for (var i = 0; i < lists.Max; i++)
        {
            var neighbour = list[i];
            if (neighbour == HnswGraph.NoLink)
            {
                break;
            }

            batch[count] = neighbour;
            count += marks[neighbour] != epoch ? 1 : 0;
            marks[neighbour] = epoch;
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchList<TLists>(TLists lists, uint node)
        where TLists : struct, ILinkLists
    {
        if (Sse.IsSupported)
        {
            var list = (byte*)lists.Of(node);
            Sse.Prefetch0(list);
            Sse.Prefetch0(list + 64);
        }
    }
}
