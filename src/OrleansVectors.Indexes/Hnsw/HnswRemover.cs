using OrleansVectors.Indexes.Vectors;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// Takes nodes out in one pass over all lists (Singh et al., "FreshDiskANN", 2021, algorithm 4): who points to a dying
/// node takes over that one's neighbours and chooses again, relaxed by alpha 1.2 so that lists do not thin out with
/// every turnover.
/// </summary>
/// <remarks>
/// Steps: 1. mark the nodes as dying (excludes insertions for that moment); 2. mend every live list that holds one, each
/// under its node's lock, so insertions and searches go on; 3. replace the entry point if it is dying; 4. bury the dead;
/// 5. repair reachability. A removal that is cancelled leaves nodes dying, which every walk copes with; the next one
/// completes it.
/// </remarks>
internal sealed unsafe class HnswRemover<TScorer>(HnswGraph graph, VectorSpace space)
    where TScorer : struct, IScorer<TScorer>
{
    private const float Alpha = 1.2f;
    private const int CancellationStep = 256;

    private readonly Lock oneAtATime = new();
    private readonly HnswInserter<TScorer> inserter = new(graph, space);
    private readonly ReachabilityRepair<TScorer> repair = new(graph, space);
    private readonly NeighborSelection<TScorer> selection = new(space, Alpha);

    public void Remove(ReadOnlySpan<uint> dead, CancellationToken cancellation)
    {
        lock (oneAtATime)
        {
            Condemn(dead);
            if (!HasDying())
            {
                return;
            }

            Mend(cancellation);
            ReplaceEntry();
            Bury();
            repair.Run(cancellation);
        }
    }

    public int RepairReachability(CancellationToken cancellation)
    {
        lock (oneAtATime)
        {
            return repair.Run(cancellation);
        }
    }

    private void Condemn(ReadOnlySpan<uint> dead)
    {
        graph.Mutations.EnterWriteLock();
        try
        {
            foreach (var ordinal in dead)
            {
                if (graph.Contains(ordinal))
                {
                    graph.Condemn(ordinal);
                }
            }
        }
        finally
        {
            graph.Mutations.ExitWriteLock();
        }
    }

    private bool HasDying()
    {
        var end = graph.OrdinalsEnd;
        for (uint ordinal = 0; ordinal < end; ordinal++)
        {
            if (graph.StateOf(ordinal) == NodeState.Dying)
            {
                return true;
            }
        }

        return false;
    }

    private void Mend(CancellationToken cancellation)
    {
        // What is inserted from here on knows no dying node as a candidate, so the end may be read once.
        var end = graph.OrdinalsEnd;
        var scratch = SearchScratch.Rent(graph.Capacity, space.ContextBytes);
        try
        {
            for (uint ordinal = 0; ordinal < end; ordinal++)
            {
                if (ordinal % CancellationStep == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                if (graph.StateOf(ordinal) != NodeState.Live)
                {
                    continue;
                }

                for (var level = graph.Headers[ordinal].Level; level != byte.MaxValue; level--)
                {
                    if (HoldsDying(ordinal, level))
                    {
                        MendList(ordinal, level, scratch);
                    }
                }
            }
        }
        finally
        {
            SearchScratch.Return(scratch);
        }
    }

    private bool HoldsDying(uint ordinal, int level)
    {
        var list = graph.List(ordinal, level);
        var max = graph.Options.LinksMax(level);
        for (var i = 0; i < max; i++)
        {
            var link = Volatile.Read(ref list[i]);
            if (link == HnswGraph.NoLink)
            {
                return false;
            }

            if (graph.StateOf(link) == NodeState.Dying)
            {
                return true;
            }
        }

        return false;
    }

    private void MendList(uint ordinal, int level, SearchScratch scratch)
    {
        var max = graph.Options.LinksMax(level);
        int kept;
        graph.LockNode(ordinal);
        try
        {
            var sorted = CollectHeirs(ordinal, level, scratch, out var count);
            kept = selection.Choose(ordinal, sorted, count, max, scratch.Chosen, scratch.ChosenDistances, scratch.ChoosingContext);
            graph.StoreLinks(ordinal, level, scratch.Chosen, kept);
        }
        finally
        {
            graph.UnlockNode(ordinal);
        }

        // A whole neighbourhood is going: what is left is found by a search, which still passes through the dying.
        if (kept < Math.Min(graph.Options.M / 2, graph.Count - 1))
        {
            Relink(ordinal, level, scratch);
        }
    }

    /// <summary>The live nodes among a node's links and the links of its dying neighbours, sorted by distance.</summary>
    private long* CollectHeirs(uint ordinal, int level, SearchScratch scratch, out int count)
    {
        var max = graph.Options.LinksMax(level);
        var capacity = max * (max + 1);
        var sorted = scratch.ClearCandidates(capacity);
        var marks = scratch.Visited.Marks;
        var epoch = scratch.Visited.NextEpoch(graph.OrdinalsEnd);
        var scorer = TScorer.ForRow(space, ordinal, scratch.Context);
        marks[ordinal] = epoch;
        count = CollectLive(graph.List(ordinal, level), max, scorer, marks, epoch, scratch, sorted, 0);
        var list = graph.List(ordinal, level);
        for (var i = 0; i < max && list[i] != HnswGraph.NoLink; i++)
        {
            if (graph.StateOf(list[i]) == NodeState.Dying)
            {
                count = CollectLive(graph.List(list[i], level), max, scorer, marks, epoch, scratch, sorted, count);
            }
        }

        return sorted;
    }

    private int CollectLive(uint* list, int max, TScorer scorer, byte* marks, byte epoch, SearchScratch scratch, long* sorted, int count)
    {
        var batch = 0;
        for (var i = 0; i < max && list[i] != HnswGraph.NoLink; i++)
        {
            if (marks[list[i]] != epoch && graph.StateOf(list[i]) == NodeState.Live)
            {
                marks[list[i]] = epoch;
                scratch.Batch[batch++] = list[i];
            }
        }

        scorer.ScoreMany(scratch.Batch, batch, scratch.Distances);
        for (var i = 0; i < batch; i++)
        {
            SortedPool.Insert(sorted, count++, PackedKey.Of(scratch.Distances[i], scratch.Batch[i]));
        }

        return count;
    }

    private void Relink(uint ordinal, int level, SearchScratch scratch)
    {
        var found = inserter.FindNeighbors(ordinal, level, scratch);
        for (var i = 0; i < found; i++)
        {
            // AddLink works in the batch, so what was chosen stays.
            inserter.AddLink(ordinal, scratch.Chosen[i], level, scratch);
            inserter.AddLink(scratch.Chosen[i], ordinal, level, scratch);
        }
    }

    /// <summary>If the entry point is going, the first of the highest nodes left takes its place.</summary>
    private void ReplaceEntry()
    {
        var entry = graph.Entry;
        if (entry.IsNone || graph.StateOf(entry.Ordinal) == NodeState.Live)
        {
            return;
        }

        graph.Mutations.EnterWriteLock();
        try
        {
            // An insertion may have raised the entry point in between.
            if (graph.StateOf(graph.Entry.Ordinal) == NodeState.Live)
            {
                return;
            }

            var best = EntryPoint.None;
            var end = graph.OrdinalsEnd;
            for (uint ordinal = 0; ordinal < end; ordinal++)
            {
                if (graph.StateOf(ordinal) == NodeState.Live && graph.Headers[ordinal].Level > best.Level)
                {
                    best = new EntryPoint(ordinal, graph.Headers[ordinal].Level);
                }
            }

            graph.Entry = best;
        }
        finally
        {
            graph.Mutations.ExitWriteLock();
        }
    }

    private void Bury()
    {
        var end = graph.OrdinalsEnd;
        for (uint ordinal = 0; ordinal < end; ordinal++)
        {
            if (graph.StateOf(ordinal) == NodeState.Dying)
            {
                graph.Bury(ordinal);
            }
        }
    }
}
