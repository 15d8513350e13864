using Npgsql;
using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>
/// The logs of all partitions of a cluster at one PostgreSQL server (tested with version 15). Makes its tables when the first
/// log is opened.
/// </summary>
public sealed class PostgresLogs : ILogStore, IDisposable
{
    private readonly PostgresLogServer _server;

    /// <summary>Connects to nothing yet.</summary>
    /// <exception cref="ArgumentException">The connection string or the schema's name is none.</exception>
    public PostgresLogs(PostgresLogsOptions options) => _server = new PostgresLogServer(options);

    /// <summary>Opens a partition's log, taking it from whoever has it.</summary>
    /// <param name="name">The partition's name.</param>
    /// <param name="folder">Not used.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="LogRefusedException">The server is away or says no.</exception>
    /// <exception cref="LogNotDurableException">The server does not write to its disk what it acknowledges.</exception>
    /// <exception cref="LogSchemaException">The tables are a later version's.</exception>
    public IOperationLog Open(string name, string folder, LogOptions options)
    {
        BlobKey.Check(name);
        _server.Prepare();
        return PostgresLog.Open(_server, name, options);
    }

    /// <summary>Deletes a partition's log, and takes it from whoever has it.</summary>
    /// <exception cref="LogRefusedException">The server is away or says no; what is left is deleted by the next try.</exception>
    public void Delete(string name)
    {
        BlobKey.Check(name);
        _server.Prepare();

        // The owner goes first, so that nothing is appended behind what is deleted; the head last, so that what a crash
        // leaves is not found by a new log of the same name.
        Execute($"UPDATE {_server.Head} SET epoch = epoch + 1, owner = '', first_seq = committed_seq + 1 WHERE partition_id = $1", name);
        PostgresLogRows rows = new(_server, name);
        if (rows.Extent() is var (oldest, newest))
        {
            rows.Delete(oldest, newest.Next);
        }

        Execute($"DELETE FROM {_server.Head} WHERE partition_id = $1", name);
    }

    /// <summary>Closes the connections; no log of this store can be used any more.</summary>
    public void Dispose() => _server.Dispose();

    private void Execute(string sql, string name) => _server.Run(connection =>
    {
        using NpgsqlCommand command = new(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        return command.ExecuteNonQuery();
    });
}
