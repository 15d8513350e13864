using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// Makes every node reachable from the entry point, level by level. Pruning looks at directions only: it may drop the
/// last link to a node, and among many equal vectors it does so often.
/// </summary>
/// <remarks>
/// A breadth-first pass notes for each node who led to it; those links form a tree. A node that was not reached gets
/// neighbours by a search, and a link from one that was reached: into a free slot or in place of a link that is not part
/// of the tree, so nothing that was reached is lost; then the pass goes on from there. So one pass is enough, whatever
/// the graph looks like. Holds 8 bytes per ordinal while it runs.
/// </remarks>
internal sealed unsafe class ReachabilityRepair<TScorer>(HnswGraph graph, VectorSpace space)
    where TScorer : struct, IScorer<TScorer>
{
    private const int CancellationStep = 256;
    private const int StepsMax = 32;
    private const uint Spreading = 2654435761; // Knuth's multiplicative hash.
    private const uint Unreached = HnswGraph.NoLink;

    private readonly HnswInserter<TScorer> inserter = new(graph, space);

    /// <returns>How many nodes had to be linked again.</returns>
    public int Run(CancellationToken cancellation)
    {
        var entry = graph.Entry;
        var repaired = 0;
        for (var level = entry.Level; level >= 0; level--)
        {
            repaired += Run(entry.Ordinal, level, cancellation);
        }

        return repaired;
    }

    private int Run(uint root, int level, CancellationToken cancellation)
    {
        var end = graph.OrdinalsEnd;
        using var leaders = new AlignedBuffer<uint>(checked((int)end));
        using var order = new AlignedBuffer<uint>(checked((int)end));
        var pass = new Pass(leaders.Start, order.Start, end, level);
        new Span<uint>(pass.Leaders, (int)end).Fill(Unreached);
        pass.Reach(root, root);
        Spread(ref pass);
        var repaired = 0;
        var scratch = SearchScratch.Rent(graph.Capacity, space.ContextBytes);
        try
        {
            for (uint ordinal = 0; ordinal < end; ordinal++)
            {
                if (ordinal % CancellationStep == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                if (pass.Leaders[ordinal] == Unreached && graph.Contains(ordinal) && graph.Headers[ordinal].Level >= level)
                {
                    var leader = Attach(ordinal, ref pass, scratch);
                    if (leader == Unreached)
                    {
                        continue;
                    }

                    pass.Reach(ordinal, leader);
                    Spread(ref pass);
                    repaired++;
                }
            }
        }
        finally
        {
            SearchScratch.Return(scratch);
        }

        return repaired;
    }

    /// <summary>Follows the links of everything reached but not yet looked at.</summary>
    private void Spread(ref Pass pass)
    {
        var max = graph.Options.LinksMax(pass.Level);
        while (pass.Looked < pass.Reached)
        {
            var ordinal = pass.Order[pass.Looked++];
            var list = graph.List(ordinal, pass.Level);
            for (var i = 0; i < max; i++)
            {
                var link = Volatile.Read(ref list[i]);
                if (link == HnswGraph.NoLink)
                {
                    break;
                }

                if (link < pass.End && pass.Leaders[link] == Unreached)
                {
                    pass.Reach(link, ordinal);
                }
            }
        }
    }

    /// <summary>Links an unreached node from a reached one near it.</summary>
    /// <returns>The node that leads to it now, or <see cref="Unreached"/> when insertions took all room meanwhile.</returns>
    private uint Attach(uint ordinal, ref Pass pass, SearchScratch scratch)
    {
        var found = inserter.FindNeighbors(ordinal, pass.Level, scratch);
        uint? leader = null;
        for (var i = 0; i < found; i++)
        {
            var neighbour = scratch.Chosen[i];
            inserter.AddLink(ordinal, neighbour, pass.Level, scratch);
            if (neighbour < pass.End && pass.Leaders[neighbour] != Unreached && TryLead(neighbour, ordinal, ref pass, mayReplace: leader is null, scratch))
            {
                leader ??= neighbour;
            }
        }

        return leader ?? LeadFromAfar(ordinal, found, ref pass, scratch);
    }

    /// <summary>Looks for room further down the tree from the nearest neighbours that were reached, else anywhere.</summary>
    private uint LeadFromAfar(uint ordinal, int found, ref Pass pass, SearchScratch scratch)
    {
        var max = graph.Options.LinksMax(pass.Level);
        for (var i = 0; i < found; i++)
        {
            var leader = scratch.Chosen[i];
            for (uint step = 0; step < StepsMax && leader < pass.End && pass.Leaders[leader] != Unreached; step++)
            {
                if (TryLead(leader, ordinal, ref pass, mayReplace: true, scratch))
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
            if (TryLead(pass.Order[i], ordinal, ref pass, mayReplace: true, scratch))
            {
                return pass.Order[i];
            }
        }

        return Unreached;
    }

    /// <summary>Gives <paramref name="leader"/> a link to <paramref name="ordinal"/> that costs no one else their only way.</summary>
    private bool TryLead(uint leader, uint ordinal, ref Pass pass, bool mayReplace, SearchScratch scratch)
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

            var slot = mayReplace ? FarthestFreeOfTree(leader, list, count, ref pass, scratch) : -1;
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

    /// <returns>The slot of the farthest neighbour that was reached another way; -1 if there is none.</returns>
    private int FarthestFreeOfTree(uint leader, uint* list, int count, ref Pass pass, SearchScratch scratch)
    {
        TScorer.ForRow(space, leader, scratch.Context).ScoreMany(list, count, scratch.Distances);
        var farthest = -1;
        for (var i = 0; i < count; i++)
        {
            // A node inserted after the pass began may have no other way either.
            var isFree = list[i] < pass.End && pass.Leaders[list[i]] != leader && pass.Leaders[list[i]] != Unreached;
            if (isFree && (farthest < 0 || scratch.Distances[i] > scratch.Distances[farthest]))
            {
                farthest = i;
            }
        }

        return farthest;
    }

    /// <summary>One breadth-first pass: who led to each node, and the nodes in the order they were reached.</summary>
    private struct Pass(uint* leaders, uint* order, uint end, int level)
    {
        public readonly uint* Leaders = leaders;
        public readonly uint* Order = order;
        public readonly uint End = end;
        public readonly int Level = level;
        public int Reached;
        public int Looked;

        public void Reach(uint ordinal, uint leader)
        {
            Leaders[ordinal] = leader;
            Order[Reached++] = ordinal;
        }
    }
}
