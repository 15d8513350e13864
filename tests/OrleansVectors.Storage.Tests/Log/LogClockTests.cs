using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log;

public sealed class LogClockTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Times_follow_the_machine_and_never_go_back_when_it_does()
    {
        StandingTime machine = new(Start);
        LogClock clock = new(machine);
        LogTime first = clock.Next();
        Assert.Equal(Start, first.ToMoment());
        machine.Now = Start.AddYears(-3);
        LogTime second = clock.Next();
        Assert.Equal(first.Microseconds + 1, second.Microseconds);
        machine.Now = Start.AddSeconds(1);
        Assert.Equal(Start.AddSeconds(1), clock.Next().ToMoment());
    }

    [Fact]
    public void Many_threads_never_get_the_same_time()
    {
        LogClock clock = new(new StandingTime(Start));
        LogTime[][] given = new LogTime[4][];
        Parallel.For(0, given.Length, thread => given[thread] = [.. Enumerable.Range(0, 10_000).Select(_ => clock.Next())]);
        Assert.All(given, times => Assert.Equal(times.Order(), times));
        Assert.Equal(40_000, given.SelectMany(times => times).Distinct().Count());
    }

    [Fact]
    public void A_log_that_is_opened_with_an_older_clock_goes_on_behind_its_last_time()
    {
        using (LocalLog log = Open(Start))
        {
            log.AppendNext(count: 3);
        }

        using LocalLog again = Open(Start.AddDays(-400));
        LogTime last = again.LastTime;
        again.AppendNext();
        Assert.True(again.LastTime > last, $"{again.LastTime} after {last}");
        LogTime[] times = [.. again.ReadFrom(new LogSequence(1)).Select(record => record.Time)];
        Assert.Equal(times.Order(), times);
        Assert.Equal(times[0], times[2]); // one group, one time
    }

    [Fact]
    public void Extreme_times_are_written_as_moments()
    {
        Assert.StartsWith("1970-01-01T00:00:00", LogTime.None.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("9999-12-31", LogTime.Latest.ToString(), StringComparison.Ordinal);
        Assert.Equal(Start, LogTime.Of(Start).ToMoment());
    }

    private LocalLog Open(DateTimeOffset now)
        => LocalLog.Open(_folder.Path, new LocalLogOptions { Clock = new LogClock(new StandingTime(now)) });
}
