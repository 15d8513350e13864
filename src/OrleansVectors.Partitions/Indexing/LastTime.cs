namespace OrleansVectors.Partitions.Indexing;

/// <summary>When something happened last, as searches, which all cores note: so it is written once in a millisecond.</summary>
internal sealed class LastTime
{
    private long _at = long.MinValue / 2;

    /// <summary>Says that it happens.</summary>
    public void Note()
    {
        long now = Environment.TickCount64;
        if (Volatile.Read(ref _at) != now)
        {
            Volatile.Write(ref _at, now);
        }
    }

    /// <summary>Whether it happened within so many milliseconds.</summary>
    public bool IsWithin(long millis) => Environment.TickCount64 - Volatile.Read(ref _at) < millis;
}
