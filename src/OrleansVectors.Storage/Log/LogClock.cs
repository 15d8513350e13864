namespace OrleansVectors.Storage.Log;

/// <summary>
/// The clock that stamps operations, one for all logs of a database. It follows the machine's but gives every time once and
/// never goes back: what was acknowledged before something else began has the smaller time, in whichever log it is, so all
/// that is not younger than a time is a consistent cut of the whole database. After the machine's clock was set back, times
/// go on from the last one in steps of a microsecond until it has caught up.
/// </summary>
public sealed class LogClock(TimeProvider time)
{
    private long _last;

    /// <summary>The last time given, or passed.</summary>
    public LogTime Last => new(Interlocked.Read(ref _last));

    /// <summary>A time later than all given before.</summary>
    public LogTime Next()
    {
        while (true)
        {
            long last = Interlocked.Read(ref _last);
            long next = Math.Max(LogTime.Of(time.GetUtcNow()).Microseconds, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return new LogTime(next);
            }
        }
    }

    /// <summary>Sees to it that all times from now on are later than one found in a log.</summary>
    public void Pass(LogTime found)
    {
        for (long last = Interlocked.Read(ref _last); found.Microseconds > last;)
        {
            last = Interlocked.CompareExchange(ref _last, found.Microseconds, last);
        }
    }
}
