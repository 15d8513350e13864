using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
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
        var progress = Begin(start, pool, end, scratch);
        GoOn(scorer, lists, pool, capacity, capacity, ref progress, scratch, ref counts, cancellation);
        return progress.Held;
    }

    /// <summary>Puts a scored node into a cleared pool, to walk on from.</summary>
    public static WalkProgress Begin(long start, long* pool, uint end, SearchScratch scratch)
    {
        var epoch = scratch.Visited.NextEpoch(end);
        scratch.Visited.Marks[PackedKey.Ordinal(start)] = epoch;
        pool[0] = start;
        return new WalkProgress { Epoch = epoch, Held = 1 };
    }

    /// <summary>Walks on until the nearest <paramref name="sought"/> of the pool are expanded.</summary>
    /// <param name="scorer">Knows the query.</param>
    /// <param name="lists">The level.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="capacity">How many nodes the pool keeps.</param>
    /// <param name="sought">How many of them are to be expanded, at most all.</param>
    /// <param name="progress">How far the walk has come.</param>
    /// <param name="scratch">The walk's memory.</param>
    /// <param name="counts">What it costs.</param>
    /// <param name="cancellation">Stops it between nodes.</param>
    public static void GoOn<TLists>(
        TScorer scorer,
        TLists lists,
        long* pool,
        int capacity,
        int sought,
        ref WalkProgress progress,
        SearchScratch scratch,
        ref WalkCounts counts,
        CancellationToken cancellation)
        where TLists : struct, ILinkLists
    {
        var marks = scratch.Visited.Marks;
        var epoch = progress.Epoch;
        var batch = scratch.Batch;
        var distances = scratch.Distances;
        var held = progress.Held;
        var next = progress.Next;
        var visited = 0;
        var scored = 0;
        while (next < held && next < sought)
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

        progress.Held = held;
        progress.Next = next;
        counts.Visited += visited;
        counts.Distances += scored;
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
