namespace OrleansVectors.Partitions.Indexing;

/// <summary>When there was a search last. Searches of all cores note it, so it is written once in a millisecond.</summary>
internal sealed class LastSearch
{
    private long _at = long.MinValue / 2;

    /// <summary>Says that there is a search.</summary>
    public void Note()
    {
        long now = Environment.TickCount64;
        if (Volatile.Read(ref _at) != now)
        {
            Volatile.Write(ref _at, now);
        }
    }

    /// <summary>Whether there was one within so many milliseconds.</summary>
    public bool IsWithin(long millis) => Environment.TickCount64 - Volatile.Read(ref _at) < millis;
}
