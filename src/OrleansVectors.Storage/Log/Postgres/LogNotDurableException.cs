namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>A log was opened whose appends wait for the disk, at a server that does not.</summary>
public sealed class LogNotDurableException(string server)
    : IOException($"'{server}' runs with fsync = off: what it acknowledges need not survive. Set it on, or open logs with Durability.Os.")
{
    /// <summary>The server and its database.</summary>
    public string Server { get; } = server;
}
