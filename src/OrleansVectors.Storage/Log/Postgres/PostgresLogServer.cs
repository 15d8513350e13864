using Npgsql;

namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>The server that keeps the logs, as all of them use it: its connections and its tables.</summary>
internal sealed class PostgresLogServer : IDisposable
{
    private readonly PostgresLogSchema _schema;
    private readonly Lock _preparing = new();
    private bool _prepared;

    public PostgresLogServer(PostgresLogsOptions options)
    {
        NpgsqlDataSourceBuilder builder = new(options.ConnectionString);
        NpgsqlConnectionStringBuilder settings = builder.ConnectionStringBuilder;
        settings.Timeout = Seconds(options.ConnectTimeout);
        settings.CommandTimeout = Seconds(options.CommandTimeout);
        settings.Enlist = false; // a caller's ambient transaction must not hold what was acknowledged
        settings.NoResetOnClose = true; // nothing here leaves settings behind in a session
        if (settings.GssEncryptionMode == GssEncryptionMode.Prefer)
        {
            // Preferred is Npgsql's default: it falls back to a second attempt with what is left of the time to connect, and less
            // than a millisecond of it becomes no limit at all. Of 180 silent connections 11 were waited for without end.
            settings.GssEncryptionMode = GssEncryptionMode.Disable;
        }

        settings.ApplicationName ??= "orleans-vectors";
        if (settings.MaxAutoPrepare == 0)
        {
            // The few statements of a log are planned once for each connection.
            settings.MaxAutoPrepare = 32;
            settings.AutoPrepareMinUsages = 2;
        }

        Name = $"{settings.Host}:{settings.Port}/{settings.Database ?? settings.Username}";
        CommandTimeout = options.CommandTimeout;
        _schema = new PostgresLogSchema(options.Schema, Name);
        Source = builder.Build();
    }

    /// <summary>Host, port and database, for messages.</summary>
    public string Name { get; }

    /// <summary>How long the server may be silent.</summary>
    public TimeSpan CommandTimeout { get; }

    /// <summary>The connections.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>The table of heads.</summary>
    public string Head => _schema.Head;

    /// <summary>The table of operations.</summary>
    public string Rows => _schema.Rows;

    /// <summary>Sees to it, once, that the tables are there.</summary>
    public void Prepare()
    {
        lock (_preparing)
        {
            if (!_prepared)
            {
                Run(connection =>
                {
                    _schema.Ensure(connection);
                    return true;
                });
                _prepared = true;
            }
        }
    }

    /// <summary>Whether the server writes to its disk what it acknowledges.</summary>
    public bool FlushesToDisk() => Run(static connection =>
    {
        using NpgsqlCommand show = new("SHOW fsync", connection);
        return show.ExecuteScalar() is "on";
    });

    /// <summary>
    /// Does something that may be done twice: after a restart of the server the connections of the pool are all dead, and the
    /// first to notice must not fail for it.
    /// </summary>
    /// <exception cref="IOException">It failed.</exception>
    public T Run<T>(Func<NpgsqlConnection, T> action)
    {
        for (bool again = false; ; again = true)
        {
            try
            {
                using NpgsqlConnection connection = Source.OpenConnection();
                return action(connection);
            }
            catch (NpgsqlException error)
            {
                Forget(error);
                if (again || !PostgresFailure.IsConnectionLost(error))
                {
                    throw PostgresFailure.Refused(Name, error);
                }
            }
        }
    }

    /// <summary>After a connection broke, those that lie in the pool are not used again: they are likely dead as well.</summary>
    public void Forget(NpgsqlException error)
    {
        if (PostgresFailure.IsConnectionLost(error) || error.InnerException is TimeoutException)
        {
            Source.Clear();
        }
    }

    public void Dispose() => Source.Dispose();

    private static int Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));
}
