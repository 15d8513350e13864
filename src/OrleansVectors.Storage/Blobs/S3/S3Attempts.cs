using System.Diagnostics;
using System.Globalization;

namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>
/// How often and how long one request has been tried, and whether it may be tried again. The SDK's own retries are off: they
/// know neither a bound in time nor bodies that are cut, and what is sent again must be seen here, because an answer that was
/// lost makes a difference to what the next one means.
/// </summary>
internal sealed class S3Attempts(S3BlobOptions options, string what, long bodyBytes)
{
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(10);
    private readonly TimeSpan _allowance = TimeSpan.FromSeconds(bodyBytes >> 20);
    private long _started = Stopwatch.GetTimestamp();
    private int _failed;

    /// <summary>How long the next answer, or the next bytes of it, may take.</summary>
    public TimeSpan NextTimeout
    {
        get
        {
            TimeSpan left = options.TotalTimeout + _allowance - Stopwatch.GetElapsedTime(_started);
            TimeSpan request = options.RequestTimeout + _allowance;
            return left <= TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : left < request ? left : request;
        }
    }

    /// <summary>What arrived was worth the trouble: the bounds begin anew.</summary>
    public void Progressed()
    {
        _started = Stopwatch.GetTimestamp();
        _failed = 0;
    }

    /// <summary>Waits until the request may be sent again.</summary>
    /// <exception cref="BlobStoreException">It may not.</exception>
    /// <exception cref="OperationCanceledException">The caller wants no more of it.</exception>
    public async Task FailedAsync(Exception error, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _failed++;
        TimeSpan delay = Delay();
        bool again = S3Failure.IsPassing(error)
            && _failed < options.AttemptsMax
            && Stopwatch.GetElapsedTime(_started) + delay < options.TotalTimeout + _allowance;
        if (!again)
        {
            string attempts = _failed == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" after {_failed} attempts");
            throw new BlobStoreException($"Cannot {what} in {options}{attempts}: {S3Failure.Describe(error)}", error);
        }

        await Task.Delay(delay, cancellationToken).ConfigureAwait(false);
    }

    // Half of it is random, so that many who failed at once do not come back at once.
    private TimeSpan Delay()
    {
        TimeSpan whole = options.RetryDelay * Math.Pow(2, Math.Min(_failed - 1, 30));
        return (whole < DelayMax ? whole : DelayMax) * (0.5 + (Random.Shared.NextDouble() / 2));
    }
}
