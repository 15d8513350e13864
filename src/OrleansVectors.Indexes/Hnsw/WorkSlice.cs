namespace OrleansVectors.Indexes.Hnsw;

/// <summary>How much one slice of upkeep may do: about as many steps as distances, a list looked at counts as one.</summary>
internal ref struct WorkSlice(int steps, CancellationToken cancellation)
{
    /// <summary>
    /// Steps, about a millisecond, after which the thread lets another have the processor, if one waits for it. More often would
    /// cost nearly all of its share: the system takes the rest of its turn.
    /// </summary>
    private const int TurnSteps = 1 << 14;

    private int left = steps;
    private int turn = TurnSteps;

    public readonly bool IsSpent => left <= 0;

    /// <summary>Counts steps; throws when it was cancelled meanwhile. Called between nodes, when everything is consistent.</summary>
    public void Spend(int steps)
    {
        left -= steps;
        turn -= steps;
        if (turn <= 0)
        {
            turn = TurnSteps;
            Thread.Yield();
        }

        cancellation.ThrowIfCancellationRequested();
    }
}
