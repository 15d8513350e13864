using System.Globalization;

namespace OrleansVectors.Storage.Log;

/// <summary>
/// When an operation was accepted: microseconds since 1970-01-01T00:00:00Z by a <see cref="LogClock"/>. In one log times
/// never go back; 0 stands for unknown, which is before all others.
/// </summary>
public readonly record struct LogTime(long Microseconds) : IComparable<LogTime>
{
    /// <summary>Not known: from before times were logged.</summary>
    public static LogTime None => default;

    /// <summary>After all others.</summary>
    public static LogTime Latest => new(long.MaxValue);

    /// <summary>The time of a moment.</summary>
    public static LogTime Of(DateTimeOffset moment) => new((moment.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);

    /// <summary>As a moment, which is capped at the year 9999.</summary>
    public DateTimeOffset ToMoment()
        => new(Math.Min(DateTimeOffset.MaxValue.UtcTicks, DateTimeOffset.UnixEpoch.Ticks + (Math.Min(Microseconds, long.MaxValue / 32) * TimeSpan.TicksPerMicrosecond)), TimeSpan.Zero);

    /// <inheritdoc/>
    public int CompareTo(LogTime other) => Microseconds.CompareTo(other.Microseconds);

    /// <summary>In the form of RFC 3339, with microseconds.</summary>
    public override string ToString() => ToMoment().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    /// <summary>Order by time.</summary>
    public static bool operator <(LogTime left, LogTime right) => left.Microseconds < right.Microseconds;

    /// <summary>Order by time.</summary>
    public static bool operator >(LogTime left, LogTime right) => left.Microseconds > right.Microseconds;

    /// <summary>Order by time.</summary>
    public static bool operator <=(LogTime left, LogTime right) => left.Microseconds <= right.Microseconds;

    /// <summary>Order by time.</summary>
    public static bool operator >=(LogTime left, LogTime right) => left.Microseconds >= right.Microseconds;
}
