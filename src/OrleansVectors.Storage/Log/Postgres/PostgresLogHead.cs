using Npgsql;

namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>The row that says who writes a log and how far it is committed.</summary>
/// <param name="Epoch">Under which its owner writes.</param>
/// <param name="Owner">The opening that took it last.</param>
/// <param name="First">The oldest operation that was not trimmed.</param>
/// <param name="Last">The last committed one.</param>
/// <param name="Time">When that was accepted.</param>
/// <param name="Bytes">Of all operations since the log began.</param>
internal readonly record struct PostgresLogHead(Epoch Epoch, string Owner, LogSequence First, LogSequence Last, LogTime Time, long Bytes)
{
    /// <summary>The columns in the order in which <see cref="Read"/> wants them.</summary>
    public const string Columns = "epoch, owner, first_seq, committed_seq, committed_time, committed_bytes";

    /// <summary>The row a reader stands on.</summary>
    public static PostgresLogHead Read(NpgsqlDataReader row) => new(
        new Epoch((ulong)row.GetInt64(0)),
        row.GetString(1),
        new LogSequence((ulong)row.GetInt64(2)),
        new LogSequence((ulong)row.GetInt64(3)),
        new LogTime(row.GetInt64(4)),
        row.GetInt64(5));
}
