using OrleansVectors.Api;

namespace OrleansVectors.Server.Hosting;

/// <summary>Bounds on connections and on how long anything may take, beside <see cref="ApiLimits"/>.</summary>
internal static class ServerLimits
{
    /// <summary>Open connections.</summary>
    public const int ConnectionsMax = 16_384;

    /// <summary>
    /// Bytes the web server lets a body have above the API's own limit, so that it is the API that refuses, in its envelope.
    /// </summary>
    public const long BodySlackBytes = 64 << 10;

    /// <summary>Bytes per second below which a sender or receiver is cut off.</summary>
    public const double BytesPerSecondMin = 240;

    /// <summary>How long a connection may be slower than that.</summary>
    public static readonly TimeSpan SlowGrace = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may idle between requests.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(130);

    /// <summary>How long a request's headers may take.</summary>
    public static readonly TimeSpan Headers = TimeSpan.FromSeconds(15);

    /// <summary>How long requests under way may go on after the signal to stop.</summary>
    public static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(5);
}
