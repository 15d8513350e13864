using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>A breadth-first pass over one level: who led to each node, and the nodes in the order they were reached.</summary>
/// <remarks>8 bytes per ordinal, given memory as nodes are reached, so that a pass over a sparse level is cheap.</remarks>
internal sealed unsafe class RepairPass : IDisposable
{
    /// <summary>Nobody led there.</summary>
    public const uint Unreached = HnswGraph.NoLink;

    // Holds the leader plus one, so that fresh memory says that nobody was reached: NoLink + 1 is 0.
    private readonly NativeRegion leaders;
    private readonly NativeRegion order;

    public RepairPass(uint root, int level, uint end)
    {
        var bytes = Math.Max(end, 1L) * sizeof(uint);
        leaders = new NativeRegion("repair leaders", bytes);
        order = new NativeRegion("repair order", bytes);
        leaders.EnsureCommitted(bytes);
        order.EnsureCommitted(bytes);
        Level = level;
        End = end;
        Reach(root, root);
    }

    public int Level { get; }

    /// <summary>Ordinals from here on are left to the next pass.</summary>
    public uint End { get; }

    /// <summary>Nodes that were reached.</summary>
    public int Reached { get; private set; }

    /// <summary>Nodes whose links were followed.</summary>
    public int Looked { get; set; }

    /// <summary>Nodes that were looked for on the way down.</summary>
    public int Sought { get; set; }

    /// <summary>The links, from whom and to whom, that such a search has turned out to need.</summary>
    public HashSet<(uint Leader, uint Ordinal)> WaysIn { get; } = [];

    /// <summary>The next ordinal to be asked whether it was reached.</summary>
    public uint Next { get; set; }

    public uint Leader(uint ordinal) => unchecked(((uint*)leaders.Base)[ordinal] - 1);

    public uint InOrder(int position) => ((uint*)order.Base)[position];

    public bool IsReached(uint ordinal) => ordinal < End && Leader(ordinal) != Unreached;

    public void Reach(uint ordinal, uint leader)
    {
        ((uint*)leaders.Base)[ordinal] = leader + 1;
        ((uint*)order.Base)[Reached++] = ordinal;
    }

    public void Dispose()
    {
        leaders.Dispose();
        order.Dispose();
    }
}
