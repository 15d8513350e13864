using OrleansVectors.Indexes.Vectors;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>Inserts nodes (algorithm 1 of the paper), any number of threads at a time.</summary>
/// <remarks>
/// Deviates from the paper in the order of stores: first the new node's own lists on all its levels, then the links to it,
/// lowest level first. So a walk that meets it can always go on, and one that meets it on an upper level finds its way
/// down. Two nodes inserted at the same moment do not see each other; with a few threads among many points that costs
/// no measurable recall. A node is looked for once it is linked: see <see cref="FarEnd"/>.
/// </remarks>
internal sealed unsafe class HnswInserter<TScorer>(HnswGraph graph, VectorSpace space)
    where TScorer : struct, IScorer<TScorer>
{
    /// <summary>How much larger the next pool is when one holds hardly a live node,</summary>
    private const int WideningFactor = 4;

    /// <summary>and from how many nodes on none is tried.</summary>
    private const int WidestPool = 4096;

    /// <summary>
    /// Far from a node is what lies so many times as far beyond the nearer half of its neighbours as those are apart: of crowds
    /// ten times as far from each other as they are wide all are found then, and graphs of real data hardly change.
    /// </summary>
    private const float CrowdGap = 2;

    /// <summary>The places of a list, from its end, that a node may take to be led to.</summary>
    private const uint PlacesToLead = 4;

    private readonly HnswSearcher<TScorer> searcher = new(graph, space);
    private readonly NeighborSelection<TScorer> selection = new(space);

    public void Insert(uint ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, graph.Capacity);
        graph.Mutations.EnterReadLock();
        try
        {
            var level = graph.Prepare(ordinal);
            if (level <= graph.Entry.Level)
            {
                Link(ordinal, level, graph.Entry);
                return;
            }

            // The node will be the entry point: one such insertion at a time, so that the next one finds it on its level.
            lock (graph.EntryLock)
            {
                var entry = graph.Entry;
                Link(ordinal, level, entry);
                if (level > entry.Level)
                {
                    graph.Entry = new EntryPoint(ordinal, level);
                }
            }
        }
        finally
        {
            graph.Mutations.ExitReadLock();
        }
    }

    /// <summary>Searches a live node's place anew and gives it links on <paramref name="level"/>, without links to it.</summary>
    /// <param name="ordinal">The node.</param>
    /// <param name="level">One of its levels.</param>
    /// <param name="scratch">Holds the neighbours afterwards, nearest first, in <see cref="SearchScratch.Chosen"/>.</param>
    /// <returns>How many neighbours it has.</returns>
    public int FindNeighbors(uint ordinal, int level, SearchScratch scratch)
    {
        var counts = default(WalkCounts);
        var scorer = TScorer.ForRow(space, ordinal, scratch.Context);
        var entry = graph.Entry;
        if (level > entry.Level)
        {
            return 0;
        }

        var start = searcher.DescendTo(scorer, entry, level, scratch, ref counts);
        var found = Walk(scorer, start, level, scratch, ref counts, out var pool);
        return Choose(ordinal, pool, found, graph.Options.LinksMax(level), scratch);
    }

    /// <summary>Adds a link to <paramref name="target"/>; a full list is chosen again with it as one more candidate.</summary>
    /// <returns>Whether the link is there now.</returns>
    public bool AddLink(uint ordinal, uint target, int level, SearchScratch scratch)
    {
        var max = graph.Options.LinksMax(level);
        graph.LockNode(ordinal);
        try
        {
            var list = graph.List(ordinal, level);
            var count = 0;
            for (; count < max && list[count] != HnswGraph.NoLink; count++)
            {
                if (list[count] == target)
                {
                    return true;
                }
            }

            if (count < max)
            {
                graph.StoreLink(ordinal, level, count, target);
                return true;
            }

            var batch = scratch.Batch;
            for (var i = 0; i < max; i++)
            {
                batch[i] = list[i];
            }

            batch[max] = target;
            TScorer.ForRow(space, ordinal, scratch.Context).ScoreMany(batch, max + 1, scratch.Distances);
            var sorted = scratch.Pruned;
            SortedPool.Clear(sorted, max + 1);
            for (var i = 0; i <= max; i++)
            {
                SortedPool.Insert(sorted, i, PackedKey.Of(scratch.Distances[i], batch[i]));
            }

            // What was chosen for the new node is still needed: the batch takes the new choice.
            var kept = selection.Choose(ordinal, sorted, max + 1, max, batch, scratch.ChosenDistances, scratch.ChoosingContext);
            graph.StoreLinks(ordinal, level, batch, kept);
            return new ReadOnlySpan<uint>(batch, kept).Contains(target);
        }
        finally
        {
            graph.UnlockNode(ordinal);
        }
    }

    /// <summary>Where the way down to a node ends, if that is far from the node and its neighbours.</summary>
    /// <remarks>
    /// The way down is greedy, and where tight crowds lie far from each other it may come to rest in the wrong one, from which a
    /// walk that keeps fewer nodes than that crowd has never leaves: a link from there to the node is then the way for whatever is
    /// near the node. What prunes that link later, or a new entry point from which ways down go elsewhere, is for the repair.
    /// </remarks>
    /// <param name="ordinal">A node that has its links.</param>
    /// <param name="level">The highest of its levels.</param>
    /// <param name="scratch">Whose batch and distances are used.</param>
    public uint? FarEnd(uint ordinal, int level, SearchScratch scratch)
    {
        var entry = graph.Entry;
        if (entry.Level < level || entry.Ordinal == ordinal)
        {
            return null;
        }

        var counts = default(WalkCounts);
        var scorer = TScorer.ForRow(space, ordinal, scratch.Context);
        return FarEnd(ordinal, level, searcher.DescendTo(scorer, entry, level, scratch, ref counts), scratch);
    }

    /// <summary>As the other, where it is known where the way down to the node's level ends.</summary>
    private uint? FarEnd(uint ordinal, int level, long end, SearchScratch scratch)
    {
        var scorer = TScorer.ForRow(space, ordinal, scratch.Context);
        if (PackedKey.Ordinal(end) == ordinal || FarFrom(ordinal, scorer, level, scratch) is not { } far || !(PackedKey.Distance(end) > far))
        {
            return null;
        }

        // Only on the node's own level may the way still come near.
        var counts = default(WalkCounts);
        end = level == 0
            ? GraphWalk<TScorer>.Descend(scorer, graph.Lowest, end, scratch, ref counts)
            : GraphWalk<TScorer>.Descend(scorer, graph.Upper(level), end, scratch, ref counts);
        return PackedKey.Distance(end) > far ? PackedKey.Ordinal(end) : null;
    }

    /// <summary>Beyond which distance a node is far from its neighbours; null when it has none.</summary>
    private float? FarFrom(uint ordinal, TScorer scorer, int level, SearchScratch scratch)
    {
        // Insertions may shorten the list meanwhile: it is copied.
        graph.LockNode(ordinal);
        var count = CopyLinks(ordinal, level, scratch.Batch);
        graph.UnlockNode(ordinal);
        if (count == 0)
        {
            return null;
        }

        scorer.ScoreMany(scratch.Batch, count, scratch.Distances);
        var distances = new Span<float>(scratch.Distances, count);
        distances.Sort();
        var half = distances[count / 2];
        return half + (CrowdGap * (half - distances[0]));
    }

    /// <summary>
    /// Gives <paramref name="leader"/> a link to <paramref name="ordinal"/> in place of one of its last, which the ordinal takes
    /// over: whoever was led to that way still is. Which one depends on the ordinal, so that those who are led to from the same
    /// node do not all take each other's place.
    /// </summary>
    private void Lead(uint leader, uint ordinal, int level, SearchScratch scratch)
    {
        var list = graph.List(leader, level);
        var max = graph.Options.LinksMax(level);
        var place = max - 1 - (int)(ordinal % Math.Min(PlacesToLead, (uint)max));
        var moved = Volatile.Read(ref list[place]);

        // A dying one is not taken over: this node may never be mended.
        if (moved != HnswGraph.NoLink && moved != ordinal && graph.StateOf(moved) == NodeState.Live && !AddLink(ordinal, moved, level, scratch))
        {
            return;
        }

        graph.LockNode(leader);
        try
        {
            // Somebody may have changed the list meanwhile: then the repair has to find the node.
            if (list[place] == moved && moved != HnswGraph.NoLink)
            {
                graph.StoreLink(leader, level, place, ordinal);
            }
        }
        finally
        {
            graph.UnlockNode(leader);
        }
    }

    private void Link(uint ordinal, int level, EntryPoint entry)
    {
        var scratch = SearchScratch.Rent(graph.Capacity, space.ContextBytes);
        try
        {
            var start = 0L;
            var nearest = entry.IsNone ? HnswGraph.NoLink : FindLinks(ordinal, level, entry, scratch, out start);

            graph.Publish(ordinal);
            graph.Upkeep.NoteInserted(ordinal, level);
            for (var l = 0; l <= Math.Min(level, entry.Level); l++)
            {
                // The node may be linked to already, and so its list be changed under this loop: its neighbours are copied.
                graph.LockNode(ordinal);
                var count = CopyLinks(ordinal, l, scratch.Chosen);
                graph.UnlockNode(ordinal);
                var isLed = false;
                for (var i = 0; i < count; i++)
                {
                    isLed |= AddLink(scratch.Chosen[i], ordinal, l, scratch);
                }

                // Nobody wants a link to it: it must be found all the same. Where all that is near is dying, one of those leads
                // to it until they go, and is no neighbour of its own.
                var leader = count > 0 ? scratch.Chosen[0] : l == 0 ? nearest : HnswGraph.NoLink;
                if (!isLed && leader != HnswGraph.NoLink && !AddLink(leader, ordinal, l, scratch))
                {
                    Lead(leader, ordinal, l, scratch);
                }
            }

            if (level <= entry.Level
                && FarEnd(ordinal, level, start, scratch) is { } far
                && graph.StateOf(far) == NodeState.Live
                && !AddLink(far, ordinal, level, scratch))
            {
                Lead(far, ordinal, level, scratch);
            }
        }
        finally
        {
            SearchScratch.Return(scratch);
        }
    }

    /// <param name="ordinal">The node.</param>
    /// <param name="level">Its highest level.</param>
    /// <param name="entry">Where the way down begins.</param>
    /// <param name="scratch">The insertion's memory.</param>
    /// <param name="start">Where the way down to that level ends.</param>
    /// <returns>The nearest node on the lowest level, which may be dying.</returns>
    private uint FindLinks(uint ordinal, int level, EntryPoint entry, SearchScratch scratch, out long start)
    {
        var counts = default(WalkCounts);
        var scorer = TScorer.ForRow(space, ordinal, scratch.Context);
        start = searcher.DescendTo(scorer, entry, level, scratch, ref counts);
        var nearest = start;
        for (var l = Math.Min(level, entry.Level); l >= 0; l--)
        {
            var found = Walk(scorer, nearest, l, scratch, ref counts, out var pool);
            nearest = pool[0] & ~1L;
            var count = Choose(ordinal, pool, found, graph.Options.M, scratch);
            graph.StoreLinks(ordinal, l, scratch.Chosen, count);
        }

        return PackedKey.Ordinal(nearest);
    }

    /// <summary>Fills a pool; a larger one where nearly all that is near is dying, and can be no neighbour.</summary>
    private int Walk(TScorer scorer, long start, int level, SearchScratch scratch, ref WalkCounts counts, out long* pool)
    {
        for (var ef = graph.Options.EfConstruction; ; ef *= WideningFactor)
        {
            pool = scratch.ClearPool(ef);
            var found = level == 0
                ? GraphWalk<TScorer>.Run(scorer, graph.Lowest, start, pool, ef, graph.OrdinalsEnd, scratch, ref counts, CancellationToken.None)
                : GraphWalk<TScorer>.Run(scorer, graph.Upper(level), start, pool, ef, graph.OrdinalsEnd, scratch, ref counts, CancellationToken.None);
            if (found < ef || ef >= WidestPool || CountLive(pool, found) >= Math.Min(graph.Options.M, ef / 2))
            {
                return found;
            }
        }
    }

    private int CountLive(long* pool, int found)
    {
        var live = 0;
        for (var i = 0; i < found; i++)
        {
            live += graph.StateOf(PackedKey.Ordinal(pool[i])) == NodeState.Live ? 1 : 0;
        }

        return live;
    }

    /// <summary>Chooses among the live nodes of a pool.</summary>
    private int Choose(uint ordinal, long* pool, int found, int max, SearchScratch scratch)
    {
        var live = 0;
        for (var i = 0; i < found; i++)
        {
            var candidate = PackedKey.Ordinal(pool[i]);
            if (candidate != ordinal && graph.StateOf(candidate) == NodeState.Live)
            {
                pool[live++] = pool[i];
            }
        }

        return selection.Choose(ordinal, pool, live, max, scratch.Chosen, scratch.ChosenDistances, scratch.ChoosingContext);
    }

    /// <summary>Copies a node's links; its lock is held.</summary>
    private int CopyLinks(uint ordinal, int level, uint* destination)
    {
        var list = graph.List(ordinal, level);
        var count = HnswGraph.LinkCount(list, graph.Options.LinksMax(level));
        new Span<uint>(list, count).CopyTo(new Span<uint>(destination, count));
        return count;
    }
}
