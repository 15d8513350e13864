using System.Data;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>
/// The tables, and how they come to be. All processes of a cluster do this when they start: whoever has the advisory lock
/// brings the tables to the version it knows, in one transaction, and the others find that done.
/// </summary>
/// <remarks>
/// To change the tables: append a statement to <see cref="Steps"/>, never change one. Step n makes version n of version n - 1.
/// A running older process does not look again, so a step must leave what the version before does working; a new one
/// that does not know a version refuses to start (<see cref="LogSchemaException"/>).
/// </remarks>
internal sealed partial class PostgresLogSchema
{
    private const string VersionTable = "log_schema_version";

    // A partition's key sorts by bytes: no collation, hence no operating system's update, ever changes an index's order.
    //
    // Of the head's page half is left free: each commit changes the row, which without room for the new version beside the
    // old one would have to change the index as well.
    //
    // Payloads are mostly vectors, which do not get smaller: "external" stores large ones outside the row without trying.
    //
    // `position` counts the bytes of all operations before this one since the log began, and `committed_bytes` those of all:
    // how much log lies behind an operation is the difference, with nothing to add up. Rows below `first_seq` are
    // trimmed, whether or not they have been deleted yet. `heartbeat_at` is when the owner was last heard of.
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE {0}.partition_head (
            partition_id    text COLLATE "C" PRIMARY KEY,
            epoch           bigint NOT NULL,
            owner           text NOT NULL,
            first_seq       bigint NOT NULL,
            committed_seq   bigint NOT NULL,
            committed_time  bigint NOT NULL,
            committed_bytes bigint NOT NULL,
            heartbeat_at    timestamptz NOT NULL
        ) WITH (fillfactor = 50);

        CREATE TABLE {0}.partition_log (
            partition_id text COLLATE "C" NOT NULL,
            seq          bigint NOT NULL,
            epoch        bigint NOT NULL,
            time         bigint NOT NULL,
            position     bigint NOT NULL,
            crc          integer NOT NULL,
            payload      bytea NOT NULL,
            PRIMARY KEY (partition_id, seq)
        );
        ALTER TABLE {0}.partition_log ALTER COLUMN payload SET STORAGE EXTERNAL;
        """,
    ];

    private readonly string _name;
    private readonly string _quoted;
    private readonly string _server;

    /// <param name="name">The schema.</param>
    /// <param name="server">What the server is called in messages.</param>
    public PostgresLogSchema(string name, string server)
    {
        _name = NamePattern().IsMatch(name)
            ? name
            : throw new ArgumentException($"'{name}' is no schema: 1 to 63 lower-case letters, digits and underscores, no digit first.", nameof(name));
        _quoted = $"\"{name}\"";
        _server = server;
    }

    /// <summary>The table of heads.</summary>
    public string Head => $"{_quoted}.partition_head";

    /// <summary>The table of operations.</summary>
    public string Rows => $"{_quoted}.partition_log";

    /// <summary>Creates what is not there and migrates what is older.</summary>
    public void Ensure(NpgsqlConnection connection)
    {
        if (VersionOf(connection) == Steps.Length)
        {
            return;
        }

        using NpgsqlTransaction transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        Execute(connection, $"SELECT pg_advisory_xact_lock(hashtextextended('orleans_vectors:{_name}', 0))");
        int found = VersionOf(connection);
        if (found > Steps.Length)
        {
            throw new LogSchemaException(_server, _name, found, Steps.Length);
        }

        if (found == 0)
        {
            CreateVersion(connection);
        }

        foreach (string step in Steps.Skip(found))
        {
            Execute(connection, string.Format(CultureInfo.InvariantCulture, step, _quoted));
        }

        Execute(connection, $"UPDATE {_quoted}.{VersionTable} SET version = {Steps.Length}");
        transaction.Commit();
    }

    private void CreateVersion(NpgsqlConnection connection)
    {
        // "IF NOT EXISTS" would ask for the right to create schemas even where an administrator has made this one.
        if (!Any(connection, $"FROM pg_catalog.pg_namespace WHERE nspname = '{_name}'"))
        {
            Execute(connection, $"CREATE SCHEMA {_quoted}");
        }

        Execute(connection, $"CREATE TABLE {_quoted}.{VersionTable} (version integer NOT NULL)");
        Execute(connection, $"INSERT INTO {_quoted}.{VersionTable} VALUES (0)");
    }

    /// <summary>The version of the tables; 0 when there are none.</summary>
    /// <remarks>
    /// Asks the catalog's tables and not to_regclass: that answers from a cache, in which a table that another session has
    /// made meanwhile, while this one waited for the lock, may still be missing.
    /// </remarks>
    private int VersionOf(NpgsqlConnection connection)
        => Any(connection, $"FROM pg_catalog.pg_tables WHERE schemaname = '{_name}' AND tablename = '{VersionTable}'")
            && Ask(connection, $"SELECT version FROM {_quoted}.{VersionTable}") is int version
                ? version
                : 0;

    private static bool Any(NpgsqlConnection connection, string what) => Ask(connection, $"SELECT EXISTS (SELECT {what})") is true;

    private static object? Ask(NpgsqlConnection connection, string sql)
    {
        using NpgsqlCommand command = new(sql, connection);
        return command.ExecuteScalar();
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using NpgsqlCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }

    [GeneratedRegex(@"^[a-z_][a-z0-9_]{0,62}\z")]
    private static partial Regex NamePattern();
}
