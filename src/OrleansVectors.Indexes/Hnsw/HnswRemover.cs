using OrleansVectors.Indexes.Vectors;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// Takes nodes out in one pass over all lists (Singh et al., "FreshDiskANN", 2021, algorithm 4): who points to a dying
/// node takes over some of that one's neighbours.
/// </summary>
/// <remarks>
/// Deviates from the paper, which chooses the whole list again, relaxed by a factor alpha. Here the links that lead to
/// living nodes all stay, the heirs are added where none of them occludes them, without relaxation, and are linked back
/// as by an insertion. Measured on 5,000 SIFT vectors after two turnovers, recall@10 at ef 16 and 32 against a fresh
/// graph: alpha 1.2 -2.4 and -0.8 points, alpha 1 -4.8 and -2.0, this -0.2 and -0.2, for about half the work.
///
/// The nodes have been marked as dying. Phases: 1. find the highest live node; 2. link what hangs by dying nodes only to
/// the rest, so that no walk misses it from 4. on; 3. replace the entry point if it is dying; 4. mend every live list that
/// holds a dying node, each under its node's lock, so insertions and searches go on; 5. bury the dead; 6. repair
/// reachability, since mending prunes. All in slices: between two of them nodes are dying, which every walk copes with.
/// </remarks>
internal sealed unsafe class HnswRemover<TScorer>(HnswGraph graph, VectorSpace space)
    where TScorer : struct, IScorer<TScorer>
{
    /// <summary>What mending a list counts as: about the distances of a node's and some neighbours' links.</summary>
    private const int MendSteps = 400;

    /// <summary>Ordinals that are passed over for one step.</summary>
    private const int OrdinalsPerStep = 32;

    private readonly HnswInserter<TScorer> inserter = new(graph, space);
    private readonly ReachabilityRepair<TScorer> repair = new(graph, space);
    private readonly NeighborSelection<TScorer> selection = new(space);

    /// <summary>Goes on with what is left to do, for a slice.</summary>
    /// <returns>Whether anything is left.</returns>
    public bool Tend(int steps, CancellationToken cancellation)
    {
        var upkeep = graph.Upkeep;
        lock (upkeep.Turn)
        {
            var slice = new WorkSlice(steps, cancellation);
            while (upkeep.Phase != UpkeepPhase.Rest && !slice.IsSpent)
            {
                slice.Spend(1);
                switch (upkeep.Phase)
                {
                    case UpkeepPhase.Survey:
                        Survey(upkeep, ref slice);
                        break;
                    case UpkeepPhase.Bridge:
                        if (repair.Run(upkeep, ref slice))
                        {
                            upkeep.Enter(UpkeepPhase.ReplaceEntry, 0);
                        }

                        break;
                    case UpkeepPhase.ReplaceEntry:
                        upkeep.Enter(TryReplaceEntry(upkeep) ? UpkeepPhase.Mend : UpkeepPhase.Bridge, graph.OrdinalsEnd);
                        break;
                    case UpkeepPhase.Mend:
                        Mend(upkeep, ref slice);
                        break;
                    case UpkeepPhase.Bury:
                        Bury(upkeep, ref slice);
                        break;
                    default:
                        if (repair.Run(upkeep, ref slice))
                        {
                            upkeep.Enter(UpkeepPhase.Rest, 0);
                        }

                        break;
                }
            }

            return upkeep.Phase != UpkeepPhase.Rest;
        }
    }

    private void Survey(GraphUpkeep upkeep, ref WorkSlice slice)
    {
        for (; upkeep.Next < upkeep.End && !slice.IsSpent; upkeep.Next++)
        {
            var ordinal = upkeep.Next;
            if (graph.StateOf(ordinal) == NodeState.Live && graph.Headers[ordinal].Level > upkeep.HighestMet.Level)
            {
                upkeep.HighestMet = new EntryPoint(ordinal, graph.Headers[ordinal].Level);
            }

            slice.Spend(ordinal % OrdinalsPerStep == 0 ? 1 : 0);
        }

        if (upkeep.Next == upkeep.End)
        {
            upkeep.Enter(UpkeepPhase.Bridge, graph.OrdinalsEnd);
        }
    }

    // What is inserted after the pass began knows no dying node as a candidate, so its end stays what it was.
    private void Mend(GraphUpkeep upkeep, ref WorkSlice slice)
    {
        var scratch = SearchScratch.Rent(graph.Capacity, space.ContextBytes);
        try
        {
            for (; upkeep.Next < upkeep.End && !slice.IsSpent; upkeep.Next++)
            {
                var ordinal = upkeep.Next;
                slice.Spend(1);
                if (graph.StateOf(ordinal) != NodeState.Live)
                {
                    continue;
                }

                var top = graph.Headers[ordinal].Level;
                for (var level = top; level != byte.MaxValue; level--)
                {
                    if (HoldsDying(ordinal, level))
                    {
                        MendList(ordinal, level, scratch);
                        slice.Spend(MendSteps);
                    }
                }
            }
        }
        finally
        {
            SearchScratch.Return(scratch);
        }

        if (upkeep.Next == upkeep.End)
        {
            upkeep.Enter(UpkeepPhase.Bury, graph.OrdinalsEnd);
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
        int stayed;
        int kept;
        graph.LockNode(ordinal);
        try
        {
            var heirs = CollectHeirs(ordinal, level, scratch, out stayed, out var count);
            kept = selection.Choose(
                ordinal, heirs, count, max, scratch.Chosen, scratch.ChosenDistances, scratch.ChoosingContext, stayed);
            graph.StoreLinks(ordinal, level, scratch.Chosen, kept);
        }
        finally
        {
            graph.UnlockNode(ordinal);
        }

        // AddLink works in the batch, so what was chosen stays.
        for (var i = stayed; i < kept; i++)
        {
            inserter.AddLink(scratch.Chosen[i], ordinal, level, scratch);
        }

        // A whole neighbourhood is going: what is left is found by a search, which still passes through the dying.
        if (kept < Math.Min(graph.Options.M / 2, graph.Count - 1))
        {
            Relink(ordinal, level, scratch);
        }
    }

    /// <summary>The live nodes that a node's dying neighbours link to and it does not, sorted by distance.</summary>
    /// <param name="ordinal">The node; its lock is held.</param>
    /// <param name="level">One of its levels.</param>
    /// <param name="scratch">Holds the live neighbours afterwards, in <see cref="SearchScratch.Chosen"/>.</param>
    /// <param name="stayed">How many of those there are.</param>
    /// <param name="count">How many heirs there are.</param>
    private long* CollectHeirs(uint ordinal, int level, SearchScratch scratch, out int stayed, out int count)
    {
        var max = graph.Options.LinksMax(level);
        // Safe: further lists are collected while there are fewer than M heirs.
        var sorted = scratch.ClearCandidates((max * max) + max);
        var marks = scratch.Visited.Marks;
        var epoch = scratch.Visited.NextEpoch(graph.OrdinalsEnd);
        var scorer = TScorer.ForRow(space, ordinal, scratch.Context);
        var list = graph.List(ordinal, level);
        stayed = 0;
        marks[ordinal] = epoch;
        for (var i = 0; i < max && list[i] != HnswGraph.NoLink; i++)
        {
            if (graph.StateOf(list[i]) == NodeState.Live)
            {
                marks[list[i]] = epoch;
                scratch.Chosen[stayed++] = list[i];
            }
        }

        // Dying nodes are looked through in the order they are met; those of the node itself all, further ones while it
        // has few heirs: where a whole neighbourhood goes, what lives behind it may have no other way in.
        var dying = scratch.Dying;
        var met = MeetDying(list, max, marks, epoch, dying, 0);
        var own = met;
        count = 0;
        for (var i = 0; i < met && (i < own || count < graph.Options.M); i++)
        {
            var heritage = graph.List(dying[i], level);
            count = CollectLive(heritage, max, scorer, marks, epoch, scratch, sorted, count);
            met = MeetDying(heritage, max, marks, epoch, dying, met);
        }

        return sorted;
    }

    /// <summary>Adds the dying nodes of a list that have not been met to <paramref name="dying"/>, as far as there is room.</summary>
    private int MeetDying(uint* list, int max, byte* marks, byte epoch, uint* dying, int met)
    {
        for (var i = 0; i < max && met < SearchScratch.DyingMax && list[i] != HnswGraph.NoLink; i++)
        {
            if (marks[list[i]] != epoch && graph.StateOf(list[i]) == NodeState.Dying)
            {
                marks[list[i]] = epoch;
                dying[met++] = list[i];
            }
        }

        return met;
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

    /// <summary>If the entry point is going, the node that everything is reachable from takes its place.</summary>
    /// <returns>False when a higher node was inserted since: what was there before it must be made reachable from it first.</returns>
    private bool TryReplaceEntry(GraphUpkeep upkeep)
    {
        if (graph.Entry.IsNone || graph.StateOf(graph.Entry.Ordinal) == NodeState.Live)
        {
            return true;
        }

        graph.Mutations.EnterWriteLock();
        try
        {
            // An insertion may have raised the entry point in between. The heir is live still: whoever condemns begins
            // the removal again.
            if (graph.StateOf(graph.Entry.Ordinal) != NodeState.Live)
            {
                if (upkeep.Heir != upkeep.Root)
                {
                    return false;
                }

                graph.Entry = upkeep.Heir;
            }

            return true;
        }
        finally
        {
            graph.Mutations.ExitWriteLock();
        }
    }

    private void Bury(GraphUpkeep upkeep, ref WorkSlice slice)
    {
        for (; upkeep.Next < upkeep.End && !slice.IsSpent; upkeep.Next++)
        {
            if (graph.StateOf(upkeep.Next) == NodeState.Dying)
            {
                graph.Bury(upkeep.Next);
            }

            slice.Spend(upkeep.Next % OrdinalsPerStep == 0 ? 1 : 0);
        }

        if (upkeep.Next == upkeep.End)
        {
            upkeep.Enter(UpkeepPhase.Repair, graph.OrdinalsEnd);
        }
    }
}
