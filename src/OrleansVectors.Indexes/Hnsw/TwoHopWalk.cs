using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// The best-first walk among the nodes that a filter admits: a refused neighbour is not scored but looked through to its
/// neighbours, so that the admitted nodes form a graph of their own (Patel et al., "ACORN", 2024, section 5.2).
/// </summary>
/// <remarks>
/// Goes beyond the paper where that collapses: it starts from matching points too, and where a node leads to fewer than
/// two new matches the nearest refused neighbour is walked on from, as a bridge: at most ef of them. A refused node is
/// looked through once in a walk. The loop is long because it is one idea, and because calls between its phases cost registers.
/// </remarks>
internal static unsafe class TwoHopWalk<TScorer>
    where TScorer : struct, IScorer<TScorer>
{
    /// <summary>Matches that one node may lead to by looking through others; those it links to itself come all.</summary>
    private const int MatchesWanted = 32;

    /// <summary>A node that leads to fewer matches gets a bridge.</summary>
    private const int MatchesWithoutBridge = 2;

    /// <summary>Nodes in whose surroundings nothing matches; after so many the query is taken to lie where the filter admits nothing.</summary>
    private const int DesertedMax = 16;

    /// <summary>The filter is taken to admit little where the query is when its share of the points looked at first is smaller by this.</summary>
    private const int ShareDivisor = 8;

    /// <summary>Matches that have to be expected among the points looked at first for their lack to mean something.</summary>
    private const int ExpectedMin = 5;

    private const int CancellationStep = 64;
    private const int ListsAhead = 4;

    /// <summary>Fills <paramref name="results"/> with the nearest admitted nodes found.</summary>
    /// <param name="scorer">Knows the query.</param>
    /// <param name="lists">The level.</param>
    /// <param name="filter">Which nodes are wanted.</param>
    /// <param name="share">The share of all nodes that the filter is known to admit; 0 when it is not known.</param>
    /// <param name="starts">Nodes of the level, scored.</param>
    /// <param name="frontier">A cleared pool for the nodes to be expanded.</param>
    /// <param name="frontierCapacity">How many of them it keeps; the farthest are forgotten.</param>
    /// <param name="results">A cleared pool.</param>
    /// <param name="capacity">How many results to look for: the paper's ef.</param>
    /// <param name="end">The end of the ordinals in use.</param>
    /// <param name="scratch">The walk's memory.</param>
    /// <param name="counts">What it costs and may cost.</param>
    /// <param name="cancellation">Stops it between nodes.</param>
    /// <returns>How many results there are.</returns>
    public static int Run<TLists, TFilter>(
        TScorer scorer,
        TLists lists,
        TFilter filter,
        double share,
        ReadOnlySpan<long> starts,
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
        // Refused: known to be, nothing else. Passed: looked through. Bridge: walked on from. Met: scored and admitted.
        var refusedMark = scratch.Visited.NextEpochs(4, end);
        var passedMark = (byte)(refusedMark + 1);
        var bridgeMark = (byte)(refusedMark + 2);
        var metMark = (byte)(refusedMark + 3);
        var batch = scratch.Batch;
        var distances = scratch.Distances;
        var refused = scratch.Refused;
        var fresh = scratch.Chosen;
        var held = 0;
        var next = 0;
        var admitted = 0;
        var bridges = 0;
        var deserted = 0;
        foreach (var start in starts)
        {
            var ordinal = PackedKey.Ordinal(start);
            if (marks[ordinal] >= bridgeMark)
            {
                continue;
            }

            marks[ordinal] = bridgeMark;
            SortedPool.Insert(frontier, held++, start);
            if (filter.Admits(ordinal))
            {
                marks[ordinal] = metMark;
                SortedPool.Insert(results, admitted, start);
                admitted = Math.Min(admitted + 1, capacity);
            }
        }

        var visitedBefore = counts.Visited;
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
                return admitted;
            }

            if (counts.Work >= counts.WorkMax)
            {
                break;
            }

            frontier[next++] = PackedKey.Expanded(key);
            if ((++counts.Visited & (CancellationStep - 1)) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var count = 0;
            var refusedCount = 0;
            var known = 0;
            var looked = 0;
            var list = lists.Of(PackedKey.Ordinal(key));
            for (var i = 0; i < lists.Max; i++)
            {
                var neighbour = list[i];
                if (neighbour == HnswGraph.NoLink)
                {
                    break;
                }

                var mark = marks[neighbour];
                if (mark >= bridgeMark)
                {
                    known += mark == metMark ? 1 : 0;
                    continue;
                }

                // Earlier walks left smaller marks only.
                if (mark >= refusedMark || !filter.Admits(neighbour))
                {
                    refused[refusedCount++] = neighbour;
                }
                else
                {
                    marks[neighbour] = metMark;
                    batch[count++] = neighbour;
                }
            }

            for (var i = 0; i < Math.Min(ListsAhead, refusedCount); i++)
            {
                PrefetchList(lists, refused[i]);
            }

            // Safe: a list is looked through only while fewer than MatchesWanted are in the batch, which has room for
            // that many and another whole list.
            for (var i = 0; i < refusedCount && count < MatchesWanted; i++)
            {
                if (i + ListsAhead < refusedCount)
                {
                    PrefetchList(lists, refused[i + ListsAhead]);
                }

                var through = refused[i];
                if (marks[through] == passedMark)
                {
                    known++;
                    continue;
                }

                marks[through] = passedMark;
                counts.TwoHops++;
                var behind = lists.Of(through);
                var freshCount = 0;
                for (var j = 0; j < lists.Max; j++)
                {
                    var neighbour = behind[j];
                    if (neighbour == HnswGraph.NoLink)
                    {
                        break;
                    }

                    var mark = marks[neighbour];
                    known += mark == metMark ? 1 : 0;
                    fresh[freshCount] = neighbour;
                    freshCount += mark < refusedMark ? 1 : 0;
                    marks[neighbour] = Math.Max(mark, refusedMark);
                }

                looked += freshCount;
                for (var j = 0; j < freshCount; j++)
                {
                    var admits = filter.Admits(fresh[j]);
                    marks[fresh[j]] = admits ? metMark : refusedMark;
                    batch[count] = fresh[j];
                    count += admits ? 1 : 0;
                }
            }

            scorer.ScoreMany(batch, count, distances);
            counts.Distances += count;
            for (var i = 0; i < count; i++)
            {
                var found = PackedKey.Of(distances[i], batch[i]);
                if (found < results[capacity - 1])
                {
                    SortedPool.Insert(results, admitted, found);
                    admitted = Math.Min(admitted + 1, capacity);
                    Enter(found, frontier, frontierCapacity, ref held, ref next);
                }
            }

            if (counts.Visited == visitedBefore + 1 && looked * share >= ExpectedMin && count < looked * share / ShareDivisor)
            {
                break;
            }

            if (count < MatchesWithoutBridge && refusedCount > 0 && bridges < capacity)
            {
                bridges++;
                // Where the walk has been before, what matches is known already: only new ground can be deserted.
                deserted += count + known == 0 ? 1 : 0;
                if (deserted > DesertedMax)
                {
                    break;
                }

                scorer.ScoreMany(refused, refusedCount, distances);
                counts.Distances += refusedCount;
                var nearest = PackedKey.Last;
                for (var i = 0; i < refusedCount; i++)
                {
                    nearest = Math.Min(nearest, PackedKey.Of(distances[i], refused[i]));
                }

                if (nearest < results[capacity - 1])
                {
                    marks[PackedKey.Ordinal(nearest)] = bridgeMark;
                    Enter(nearest, frontier, frontierCapacity, ref held, ref next);
                }
            }
        }

        counts.BudgetExhausted = true;
        return admitted;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Enter(long key, long* frontier, int capacity, ref int held, ref int next)
    {
        // The expanded ones at the front are done with: their room is worth more to the frontier.
        if (held == capacity && next > 0)
        {
            held -= next;
            Buffer.MemoryCopy(frontier + next, frontier, held * sizeof(long), held * sizeof(long));
            new Span<long>(frontier + held, capacity + SortedPool.Padding - held).Fill(PackedKey.Last);
            next = 0;
        }

        if (key < frontier[capacity - 1])
        {
            var position = SortedPool.Insert(frontier, held, key);
            held = Math.Min(held + 1, capacity);
            next = Math.Min(next, position);
        }
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
