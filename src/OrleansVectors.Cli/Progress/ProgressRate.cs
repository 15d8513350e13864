using System.Globalization;

namespace OrleansVectors.Cli.Progress;

/// <summary>Rate and time left out of progress samples; work of an earlier run (the first sample) does not count as speed.</summary>
internal sealed class ProgressRate(ProgressSample start)
{
    /// <summary>One line of progress after <paramref name="elapsed"/>: rows, rate, share, time left.</summary>
    public string Describe(ProgressSample now, TimeSpan elapsed)
    {
        double rate = elapsed > TimeSpan.Zero ? (now.Rows - start.Rows) / elapsed.TotalSeconds : 0;
        string left = TimeLeft(now, elapsed) is TimeSpan time ? Clock(time) + " left" : "time left unknown";
        return string.Create(CultureInfo.InvariantCulture, $"{now.Rows:N0} rows  {rate:N0} rows/s  {now.Fraction * 100:0.0} %  {left}");
    }

    /// <summary>The time left at the average speed so far; null before anything was done.</summary>
    public TimeSpan? TimeLeft(ProgressSample now, TimeSpan elapsed)
    {
        double done = now.Fraction - start.Fraction;
        return done > 0 ? elapsed * (Math.Max(0, 1 - now.Fraction) / done) : null;
    }

    private static string Clock(TimeSpan time)
        => time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
}
