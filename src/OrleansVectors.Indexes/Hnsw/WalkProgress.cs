namespace OrleansVectors.Indexes.Hnsw;

/// <summary>How far a walk through all nodes has come, so that it can go on.</summary>
internal struct WalkProgress
{
    /// <summary>Marks the nodes that it has met.</summary>
    public byte Epoch;

    /// <summary>Nodes in its pool.</summary>
    public int Held;

    /// <summary>The nearest of them that may not be expanded yet.</summary>
    public int Next;
}
