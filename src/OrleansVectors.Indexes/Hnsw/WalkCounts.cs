namespace OrleansVectors.Indexes.Hnsw;

/// <summary>What a walk has cost so far, and how much it may.</summary>
internal struct WalkCounts
{
    public int Visited;
    public int Distances;
    public int DistancesMax;
    public bool BudgetExhausted;
}
