namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>Where the logs of a cluster are kept, and how long anything may take there.</summary>
public sealed record PostgresLogsOptions
{
    /// <summary>
    /// How to reach the server, as Npgsql writes it. The role owns the schema, or may create one in the database. The pool's
    /// size is what this says: a log takes a connection only while it talks to the server. Statements are prepared, which a
    /// pooler in between must allow.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>The schema of the tables: lower-case letters, digits and underscores, at most 63.</summary>
    public string Schema { get; init; } = "orleans_vectors";

    /// <summary>How long a connection may take to be made or to come free. Overrides the connection string's.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the server may be silent in the middle of something; a large group adds the time it takes to store. Overrides
    /// the connection string's.
    /// </summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
