using Npgsql;

namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>What an error of the server or of the way to it means.</summary>
internal static class PostgresFailure
{
    /// <summary>
    /// Whether the server has said that it did not do what it was asked, before it could have begun to commit or in place of
    /// committing. An "ERROR" always undoes the transaction. A "FATAL" ends the session and says nothing about a commit that
    /// may be behind it.
    /// </summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="answered">Whether an answer came first: the server sends it before it commits, so without one it has not.</param>
    public static bool IsCertain(NpgsqlException error, bool answered)
        => error is PostgresException said && (!answered || IsMild(said));

    /// <summary>Whether the connection is of no more use.</summary>
    public static bool IsConnectionLost(NpgsqlException error) => error is not PostgresException said
        ? error.InnerException is not TimeoutException
        : !IsMild(said);

    /// <summary>How to tell the caller of something that was not done.</summary>
    /// <param name="server">What the server is called.</param>
    /// <param name="error">What was thrown.</param>
    /// <param name="bytes">The size of what should have been stored.</param>
    public static LogRefusedException Refused(string server, NpgsqlException error, long bytes = 0) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new LogDiskFullException(server, bytes, error),
        PostgresException said when IsMild(said) && said.SqlState != PostgresErrorCodes.TooManyConnections
            => new LogRefusedException($"The log server '{server}' refused: {said.MessageText} (SQLSTATE {said.SqlState}).", error),
        _ => new LogUnreachableException(server, error),
    };

    private static bool IsMild(PostgresException error) => error.InvariantSeverity == "ERROR";
}
