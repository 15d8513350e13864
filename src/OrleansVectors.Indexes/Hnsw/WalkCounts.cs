namespace OrleansVectors.Indexes.Hnsw;

/// <summary>What a walk has cost so far, and how much it may.</summary>
internal struct WalkCounts
{
    public int Visited;
    public int Distances;
    public int TwoHops;
    public int WorkMax;
    public bool BudgetExhausted;

    /// <summary>What <see cref="WorkMax"/> bounds.</summary>
    public readonly int Work => Distances + TwoHops;
}
