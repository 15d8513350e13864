using OrleansVectors.Indexes.Vectors;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// Makes every live node reachable from the entry point through live nodes, level by level. Pruning looks at directions
/// only: it may drop the last link to a node, and among many equal vectors it does so often; and where all of a
/// neighbourhood is replaced, the new nodes may hang together by those that are going.
/// </summary>
/// <remarks>
/// A breadth-first pass notes for each node who led to it; those links form a tree. A node that was not reached gets
/// neighbours by a search, and a link from one that was reached: into a free slot or in place of a link that is not part
/// of the tree, so nothing that was reached is lost; then the pass goes on from there. So one pass is enough, whatever
/// the graph looks like. Works in slices; what insertions leave unreachable between them is seen by the next pass.
/// <para>
/// Reachable is not found (<see cref="HnswInserter{TScorer}.FarEnd"/>): each node of an upper level is looked for once, and of the
/// others one in a few of those without a neighbour on an upper level. Where the way down ends far from it, it gets a link from there.
/// </para>
/// </remarks>
internal sealed unsafe class ReachabilityRepair<TScorer>(HnswGraph graph, VectorSpace space)
    where TScorer : struct, IScorer<TScorer>
{
    /// <summary>What finding a node's neighbours counts as.</summary>
    private const int AttachSteps = 2000;

    /// <summary>Ordinals that are passed over for one step.</summary>
    private const int OrdinalsPerStep = 32;

    /// <summary>What looking for a node on the way down counts as.</summary>
    private const int SeekSteps = 250;

    /// <summary>Of the nodes of the lowest level that see no node of an upper one, one in this many is looked for.</summary>
    private const int SoughtShare = 4;

    private const int StepsMax = 32;
    private const uint Spreading = 2654435761; // Knuth's multiplicative hash.
    private const uint Unreached = RepairPass.Unreached;

    private readonly HnswInserter<TScorer> inserter = new(graph, space);

    /// <summary>Goes on with the repair for a slice.</summary>
    /// <returns>Whether it is finished.</returns>
    public bool Run(GraphUpkeep upkeep, ref WorkSlice slice)
    {
        if (upkeep.Pass is null)
        {
            // A dying entry point goes on being the walks' until everything can be reached from its heir.
            var entry = graph.Entry;
            upkeep.Root = entry.IsNone || graph.StateOf(entry.Ordinal) == NodeState.Live ? entry : upkeep.Heir;
            if (upkeep.Root.IsNone)
            {
                return true;
            }

            upkeep.Pass = new RepairPass(upkeep.Root.Ordinal, upkeep.Root.Level, graph.OrdinalsEnd);
        }

        var scratch = SearchScratch.Rent(graph.Capacity, space.ContextBytes);
        try
        {
            while (!slice.IsSpent)
            {
                var pass = upkeep.Pass;
                Run(upkeep, pass, scratch, ref slice);
                if (pass.Next < pass.End || pass.Looked < pass.Reached)
                {
                    continue;
                }

                if (upkeep.Phase == UpkeepPhase.Repair)
                {
                    for (; pass.Sought < pass.Reached && !slice.IsSpent; pass.Sought++)
                    {
                        slice.Spend(Seek(pass.InOrder(pass.Sought), pass, scratch) ? SeekSteps : 1);
                    }

                    if (pass.Sought < pass.Reached)
                    {
                        continue;
                    }
                }

                if (pass.Level == 0)
                {
                    return true;
                }

                var root = pass.InOrder(0);
                upkeep.Pass = new RepairPass(root, pass.Level - 1, graph.OrdinalsEnd);
                pass.Dispose();
            }

            return false;
        }
        finally
        {
            SearchScratch.Return(scratch);
        }
    }

    private void Run(GraphUpkeep upkeep, RepairPass pass, SearchScratch scratch, ref WorkSlice slice)
    {
        while (!slice.IsSpent)
        {
            if (pass.Looked < pass.Reached)
            {
                Look(pass);
                slice.Spend(1);
                continue;
            }

            if (pass.Next == pass.End)
            {
                return;
            }

            var ordinal = pass.Next++;
            if (pass.IsReached(ordinal) || !graph.Contains(ordinal) || graph.Headers[ordinal].Level < pass.Level)
            {
                slice.Spend(ordinal % OrdinalsPerStep == 0 ? 1 : 0);
                continue;
            }

            var leader = Attach(ordinal, pass, upkeep.Phase == UpkeepPhase.Bridge, scratch);
            if (leader != Unreached)
            {
                pass.Reach(ordinal, leader);
                upkeep.Repaired++;
            }

            slice.Spend(AttachSteps);
        }
    }

    /// <summary>Follows the links of the next node that was reached.</summary>
    private void Look(RepairPass pass)
    {
        var max = graph.Options.LinksMax(pass.Level);
        var ordinal = pass.InOrder(pass.Looked++);
        var list = graph.List(ordinal, pass.Level);
        for (var i = 0; i < max; i++)
        {
            var link = Volatile.Read(ref list[i]);
            if (link == HnswGraph.NoLink)
            {
                break;
            }

            if (link < pass.End && !pass.IsReached(link) && graph.StateOf(link) == NodeState.Live)
            {
                pass.Reach(link, ordinal);
            }
        }
    }

    /// <summary>Looks for a node as a search for it would, and links it from where that ends, if that is far.</summary>
    /// <returns>Whether it had to be looked for.</returns>
    private bool Seek(uint ordinal, RepairPass pass, SearchScratch scratch)
    {
        if (graph.Headers[ordinal].Level != pass.Level || !graph.Contains(ordinal) || (pass.Level == 0 && !IsSoughtOnLowest(ordinal)))
        {
            return false;
        }

        if (inserter.FarEnd(ordinal, pass.Level, scratch) is { } leader
            && pass.IsReached(leader)
            && TryLead(leader, ordinal, pass, mayReplace: true, scratch))
        {
            pass.WaysIn.Add((leader, ordinal));
        }

        return true;
    }

    /// <summary>Crowds that no way down leads to have no node on an upper level: some of those that see none are looked for.</summary>
    private bool IsSoughtOnLowest(uint ordinal)
    {
        if (((ordinal * Spreading) >> 16) % SoughtShare != 0)
        {
            return false;
        }

        var list = graph.List(ordinal, 0);
        for (var i = 0; i < graph.Options.LinksMax(0); i++)
        {
            var link = Volatile.Read(ref list[i]);
            if (link == HnswGraph.NoLink)
            {
                return true;
            }

            if (graph.Headers[link].Level > 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Links an unreached node from a reached one near it.</summary>
    /// <param name="ordinal">The node.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="mayPrune">
    /// Whether its neighbours may choose their links anew for it, as after an insertion: what that leaves unreachable another
    /// pass has to find.
    /// </param>
    /// <param name="scratch">The pass's memory.</param>
    /// <returns>The node that leads to it now, or <see cref="Unreached"/> when insertions took all room meanwhile.</returns>
    private uint Attach(uint ordinal, RepairPass pass, bool mayPrune, SearchScratch scratch)
    {
        var found = inserter.FindNeighbors(ordinal, pass.Level, scratch);
        uint? leader = null;
        for (var i = 0; i < found; i++)
        {
            var neighbour = scratch.Chosen[i];
            inserter.AddLink(ordinal, neighbour, pass.Level, scratch);
            if (pass.IsReached(neighbour) && TryLead(neighbour, ordinal, pass, mayReplace: leader is null, scratch))
            {
                leader ??= neighbour;
            }
            else if (mayPrune)
            {
                inserter.AddLink(neighbour, ordinal, pass.Level, scratch);
            }
        }

        return leader ?? LeadFromAfar(ordinal, found, pass, scratch);
    }

    /// <summary>Looks for room further down the tree from the nearest neighbours that were reached, else anywhere.</summary>
    private uint LeadFromAfar(uint ordinal, int found, RepairPass pass, SearchScratch scratch)
    {
        var max = graph.Options.LinksMax(pass.Level);
        for (var i = 0; i < found; i++)
        {
            var leader = scratch.Chosen[i];
            for (uint step = 0; step < StepsMax && pass.IsReached(leader); step++)
            {
                if (TryLead(leader, ordinal, pass, mayReplace: true, scratch))
                {
                    return leader;
                }

                // Its list is full and all of it part of the tree, so this goes down in it. Spread by the ordinal: many
                // equal vectors come here one after the other.
                var list = graph.List(leader, pass.Level);
                leader = Volatile.Read(ref list[((ordinal + step) * Spreading >> 8) % (uint)max]);
            }
        }

        // The last reached have not led to anyone yet. A tree has fewer links than nodes, so there is room, unless
        // insertions that go on meanwhile take it: then the next pass finds it.
        for (var i = pass.Reached - 1; i >= 0; i--)
        {
            if (TryLead(pass.InOrder(i), ordinal, pass, mayReplace: true, scratch))
            {
                return pass.InOrder(i);
            }
        }

        return Unreached;
    }

    /// <summary>Gives <paramref name="leader"/> a link to <paramref name="ordinal"/> that costs no one else their only way.</summary>
    private bool TryLead(uint leader, uint ordinal, RepairPass pass, bool mayReplace, SearchScratch scratch)
    {
        var max = graph.Options.LinksMax(pass.Level);
        graph.LockNode(leader);
        try
        {
            var list = graph.List(leader, pass.Level);
            var count = HnswGraph.LinkCount(list, max);
            for (var i = 0; i < count; i++)
            {
                if (list[i] == ordinal)
                {
                    return true;
                }
            }

            if (count < max)
            {
                graph.StoreLink(leader, pass.Level, count, ordinal);
                return true;
            }

            var slot = mayReplace ? FarthestFreeOfTree(leader, list, count, pass, scratch) : -1;
            if (slot >= 0)
            {
                graph.StoreLink(leader, pass.Level, slot, ordinal);
            }

            return slot >= 0;
        }
        finally
        {
            graph.UnlockNode(leader);
        }
    }

    /// <returns>
    /// The slot of the farthest neighbour that was reached another way; else that of the farthest dying one; -1 if there is
    /// neither.
    /// </returns>
    private int FarthestFreeOfTree(uint leader, uint* list, int count, RepairPass pass, SearchScratch scratch)
    {
        TScorer.ForRow(space, leader, scratch.Context).ScoreMany(list, count, scratch.Distances);
        var farthest = -1;
        var farthestDying = -1;
        for (var i = 0; i < count; i++)
        {
            // A node inserted after the pass began may have no other way either.
            var isFree = pass.IsReached(list[i]) && pass.Leader(list[i]) != leader && !pass.WaysIn.Contains((leader, list[i]));
            if (isFree && (farthest < 0 || scratch.Distances[i] > scratch.Distances[farthest]))
            {
                farthest = i;
            }

            var isDying = graph.StateOf(list[i]) == NodeState.Dying;
            if (isDying && (farthestDying < 0 || scratch.Distances[i] > scratch.Distances[farthestDying]))
            {
                farthestDying = i;
            }
        }

        return farthest >= 0 ? farthest : farthestDying;
    }
}
