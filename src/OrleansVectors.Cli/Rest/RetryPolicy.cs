using System.Net;

namespace OrleansVectors.Cli.Rest;

/// <summary>
/// When and after how long to send a request again. Every request this tool makes may be repeated: reads change nothing,
/// and an upsert of the same points twice leaves the same points.
/// </summary>
internal sealed record RetryPolicy(int RetriesMax, TimeSpan FirstDelay, TimeSpan DelayMax)
{
    /// <summary>A server that asks for more than this is not waited for any longer than this.</summary>
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromSeconds(60);

    /// <summary>Doubling from a quarter of a second to ten: eight retries outlast a server's restart of half a minute.</summary>
    public static RetryPolicy WithRetries(int retries) => new(retries, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));

    /// <summary>True for answers that another attempt may change.</summary>
    public static bool IsTransient(HttpStatusCode status) => status
        is HttpStatusCode.RequestTimeout
        or HttpStatusCode.TooManyRequests
        or HttpStatusCode.InternalServerError
        or HttpStatusCode.BadGateway
        or HttpStatusCode.ServiceUnavailable
        or HttpStatusCode.GatewayTimeout;

    /// <summary>The pause before retry number <paramref name="retry"/> (from 0); the server's own wish goes first.</summary>
    public TimeSpan Delay(int retry, TimeSpan? retryAfter)
    {
        if (retryAfter is TimeSpan wish && wish > TimeSpan.Zero)
        {
            return wish < RetryAfterMax ? wish : RetryAfterMax;
        }

        double milliseconds = FirstDelay.TotalMilliseconds * Math.Pow(2, Math.Min(retry, 30));
        return TimeSpan.FromMilliseconds(Math.Min(milliseconds, DelayMax.TotalMilliseconds));
    }
}
