namespace OrleansVectors.Faults.Histories;

/// <summary>Values that are written once in a run. Even ones set payload and vector, odd ones the payload alone.</summary>
internal sealed class UniqueValues
{
    private long _last;

    /// <summary>A value for a write.</summary>
    public long NextWritten() => Interlocked.Increment(ref _last) * 2;

    /// <summary>A value for a compare-and-set.</summary>
    public long NextCompared() => (Interlocked.Increment(ref _last) * 2) + 1;

    /// <summary>Whether a point with the value has the vector of the same write.</summary>
    public static bool HasItsVector(long value) => value % 2 == 0;
}
