namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>The server of a log did not answer, or takes no connections now. Nothing was stored or changed.</summary>
public sealed class LogUnreachableException(string server, Exception cause)
    : LogRefusedException($"The log server '{server}' cannot be used: {cause.Message}", cause)
{
    /// <summary>The server and its database, without user and password.</summary>
    public string Server { get; } = server;
}
