namespace OrleansVectors.Indexes.Hnsw;

/// <summary>How much one slice of upkeep may do: about as many steps as distances, a list looked at counts as one.</summary>
internal ref struct WorkSlice(int steps, CancellationToken cancellation)
{
    private int left = steps;

    public readonly bool IsSpent => left <= 0;

    /// <summary>Counts steps; throws when it was cancelled meanwhile. Called between nodes, when everything is consistent.</summary>
    public void Spend(int steps)
    {
        left -= steps;
        cancellation.ThrowIfCancellationRequested();
    }
}
