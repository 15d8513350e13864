using System.Diagnostics;

namespace OrleansVectors.Faults.Kills;

/// <summary>
/// When to kill: half of the moments are uniform in time, half come within three milliseconds of a request being sent,
/// where the log is written, flushed and applied.
/// </summary>
internal sealed class KillMoment
{
    private const int WindowMs = 250;
    private const int RequestsMax = 120;
    private const double AfterSendingMs = 3;

    private readonly TaskCompletionSource _come = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _delay;
    private int _requestsLeft;

    public KillMoment(Random random)
    {
        bool isUniform = random.Next(2) == 0;
        _delay = TimeSpan.FromMilliseconds(random.NextDouble() * (isUniform ? WindowMs : AfterSendingMs));
        _requestsLeft = isUniform ? 0 : 1 + random.Next(1 + random.Next(RequestsMax));
        if (isUniform)
            _come.SetResult();
    }

    /// <summary>To be called before each request.</summary>
    public void Sending()
    {
        if (Interlocked.Decrement(ref _requestsLeft) == 0)
            _come.TrySetResult();
    }

    /// <summary>Waits for it.</summary>
    public async Task ComeAsync()
    {
        await _come.Task.ConfigureAwait(false);
        if (_delay.TotalMilliseconds > 2 * AfterSendingMs)
        {
            await Task.Delay(_delay).ConfigureAwait(false);
            return;
        }

        // A timer's tick is longer than what is waited for.
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < _delay;)
            Thread.SpinWait(20);
    }
}
