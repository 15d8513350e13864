using Npgsql;

namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>What is asked of and done to the rows of one log beside appending. All of it may be done twice.</summary>
internal sealed class PostgresLogRows(PostgresLogServer server, string partition)
{
    /// <summary>Rows that one transaction deletes at most, so that none is long.</summary>
    public const long SliceRowsMax = 5_000;

    private const int PlacesMax = 256;

    /// <summary>Time and position of an operation; null if it is not there.</summary>
    public (LogTime Time, long Position)? Find(LogSequence sequence) => server.Run<(LogTime, long)?>(connection =>
    {
        using NpgsqlCommand find = Command(connection, $"SELECT time, position FROM {server.Rows} WHERE partition_id = $1 AND seq = $2", sequence);
        using NpgsqlDataReader row = find.ExecuteReader();
        return row.Read() ? (new LogTime(row.GetInt64(0)), row.GetInt64(1)) : null;
    });

    /// <summary>Where operations lie, the first and some hundred others at equal distances.</summary>
    public List<(LogSequence Sequence, long Position)> Places(LogSequence first, LogSequence last) => server.Run(connection =>
    {
        // One look into the index for each: as a plain join the planner would be free to read all rows.
        using NpgsqlCommand places = Command(
            connection,
            $"""
            SELECT place.seq, row.position
            FROM generate_series($2, $3, $4) AS place(seq)
            CROSS JOIN LATERAL (SELECT position FROM {server.Rows} WHERE partition_id = $1 AND seq = place.seq OFFSET 0) AS row
            ORDER BY place.seq
            """,
            first,
            last,
            new LogSequence(1 + ((last.Next.Value - first.Value) / PlacesMax)));
        List<(LogSequence, long)> found = [];
        using NpgsqlDataReader row = places.ExecuteReader();
        while (row.Read())
        {
            found.Add((new LogSequence((ulong)row.GetInt64(0)), row.GetInt64(1)));
        }

        return found;
    });

    /// <summary>The numbers of the oldest and the newest row, trimmed or not; null when there is none.</summary>
    public (LogSequence Oldest, LogSequence Newest)? Extent() => server.Run<(LogSequence, LogSequence)?>(connection =>
    {
        using NpgsqlCommand extent = Command(connection, $"SELECT min(seq), max(seq) FROM {server.Rows} WHERE partition_id = $1");
        using NpgsqlDataReader row = extent.ExecuteReader();
        return row.Read() && !row.IsDBNull(0) ? (new LogSequence((ulong)row.GetInt64(0)), new LogSequence((ulong)row.GetInt64(1))) : null;
    });

    /// <summary>Deletes rows from one on up to, not including, another.</summary>
    public void Delete(LogSequence from, LogSequence until)
    {
        for (LogSequence next = from; next < until;)
        {
            LogSequence end = new(Math.Min(next.Value + SliceRowsMax, until.Value));
            LogSequence start = next;
            server.Run(connection =>
            {
                using NpgsqlCommand delete = Command(
                    connection, $"DELETE FROM {server.Rows} WHERE partition_id = $1 AND seq >= $2 AND seq < $3", start, end);
                return delete.ExecuteNonQuery();
            });
            next = end;
        }
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql, params ReadOnlySpan<LogSequence> numbers)
    {
        NpgsqlCommand command = new(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = partition });
        foreach (LogSequence number in numbers)
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = checked((long)number.Value) });
        }

        return command;
    }
}
