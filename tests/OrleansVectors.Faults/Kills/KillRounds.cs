namespace OrleansVectors.Faults.Kills;

/// <summary>Rounds that are left, shared by the lanes.</summary>
internal sealed class KillRounds(int rounds)
{
    private int _taken;

    /// <summary>Takes the next round.</summary>
    public bool TryTake() => Interlocked.Increment(ref _taken) <= rounds;
}
