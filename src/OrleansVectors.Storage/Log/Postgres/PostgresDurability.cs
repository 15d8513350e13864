using Npgsql;

namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>Whether the commit of the transaction a statement is in waits for the disk.</summary>
internal static class PostgresDurability
{
    // Only "off" does not wait for this server's own disk; what an administrator chose beyond that is kept.
    private const string Wait = "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'";
    private const string DoNotWait = "SELECT set_config('synchronous_commit', 'off', true)";

    /// <summary>The statement that goes before the others of a batch.</summary>
    public static NpgsqlBatchCommand Command(Durability durability) => new(durability == Durability.Flush ? Wait : DoNotWait);
}
