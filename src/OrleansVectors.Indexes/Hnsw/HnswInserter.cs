using OrleansVectors.Indexes.Vectors;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>Inserts nodes (algorithm 1 of the paper), any number of threads at a time.</summary>
/// <remarks>
/// Deviates from the paper in the order of stores: first the new node's own lists on all its levels, then the links to it,
/// lowest level first. So a walk that meets it can always go on, and one that meets it on an upper level finds its way
/// down. Two nodes inserted at the same moment do not see each other; with a few threads among many points that costs
/// no measurable recall.
/// </remarks>
internal sealed unsafe class HnswInserter<TScorer>(HnswGraph graph, VectorSpace space)
    where TScorer : struct, IScorer<TScorer>
{
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
    public void AddLink(uint ordinal, uint target, int level, SearchScratch scratch)
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
                    return;
                }
            }

            if (count < max)
            {
                graph.StoreLink(ordinal, level, count, target);
                return;
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
        }
        finally
        {
            graph.UnlockNode(ordinal);
        }
    }

    private void Link(uint ordinal, int level, EntryPoint entry)
    {
        var scratch = SearchScratch.Rent(graph.Capacity, space.ContextBytes);
        try
        {
            if (!entry.IsNone)
            {
                FindLinks(ordinal, level, entry, scratch);
            }

            graph.Publish(ordinal);
            graph.Upkeep.NoteInserted(ordinal, level);
            for (var l = 0; l <= Math.Min(level, entry.Level); l++)
            {
                // The node may be linked to already, and so its list be changed under this loop: its neighbours are copied.
                graph.LockNode(ordinal);
                var count = CopyLinks(ordinal, l, scratch.Chosen);
                graph.UnlockNode(ordinal);
                for (var i = 0; i < count; i++)
                {
                    AddLink(scratch.Chosen[i], ordinal, l, scratch);
                }
            }
        }
        finally
        {
            SearchScratch.Return(scratch);
        }
    }

    private void FindLinks(uint ordinal, int level, EntryPoint entry, SearchScratch scratch)
    {
        var counts = default(WalkCounts);
        var scorer = TScorer.ForRow(space, ordinal, scratch.Context);
        var start = searcher.DescendTo(scorer, entry, level, scratch, ref counts);
        for (var l = Math.Min(level, entry.Level); l >= 0; l--)
        {
            var found = Walk(scorer, start, l, scratch, ref counts, out var pool);
            start = pool[0] & ~1L;
            var count = Choose(ordinal, pool, found, graph.Options.M, scratch);
            graph.StoreLinks(ordinal, l, scratch.Chosen, count);
        }
    }

    private int Walk(TScorer scorer, long start, int level, SearchScratch scratch, ref WalkCounts counts, out long* pool)
    {
        var ef = graph.Options.EfConstruction;
        pool = scratch.ClearPool(ef);
        return level == 0
            ? GraphWalk<TScorer>.Run(scorer, graph.Lowest, start, pool, ef, graph.OrdinalsEnd, scratch, ref counts, CancellationToken.None)
            : GraphWalk<TScorer>.Run(scorer, graph.Upper(level), start, pool, ef, graph.OrdinalsEnd, scratch, ref counts, CancellationToken.None);
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

    private int CopyLinks(uint ordinal, int level, uint* destination)
    {
        var list = graph.List(ordinal, level);
        var count = HnswGraph.LinkCount(list, graph.Options.LinksMax(level));
        new Span<uint>(list, count).CopyTo(new Span<uint>(destination, count));
        return count;
    }
}
