namespace OrleansVectors.Indexes.Hnsw;

/// <summary>The life of an ordinal in the graph.</summary>
internal static class NodeState
{
    /// <summary>Not a node, or no longer.</summary>
    public const byte Absent = 0;

    /// <summary>A node: its own links are complete; others may link to it.</summary>
    public const byte Live = 1;

    /// <summary>About to go: walks still pass through it, no new link leads to it.</summary>
    public const byte Dying = 2;
}
