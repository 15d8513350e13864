using Npgsql;

namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>Gives back the oldest part of a log.</summary>
/// <remarks>
/// 1. The head's first sequence moves, if this opening still has the log: a replaced one must not trim what its successor
///    recovers from. From then on the rows below it are nobody's, and a reader that misses them finds out why.
/// 2. They are deleted in slices, without a lock that an append would wait for. What a crash leaves of them the next
///    trimming deletes.
/// </remarks>
internal sealed class PostgresLogTrimming(
    PostgresLogServer server, string partition, string owner, PostgresLogContents contents, PostgresLogRows rows, LogOptions options)
{
    private readonly Lock _trimming = new();

    // Below this there are no rows; null before it was looked up.
    private LogSequence? _deletedTo;

    /// <summary>See <see cref="IOperationLog.TrimBefore"/>.</summary>
    /// <returns>False when another opening has the log.</returns>
    public bool Run(LogSequence keepFrom)
    {
        lock (_trimming)
        {
            PostgresLogHead head = contents.Head;
            LogSequence until = keepFrom <= head.Last ? keepFrom : head.Last.Next;
            LogSequence cut = until <= head.First ? head.First : OldestKept(head, until);
            if (cut > head.First && !Move(cut))
            {
                return false;
            }

            contents.Trim(cut);
            _deletedTo ??= rows.Extent()?.Oldest ?? cut;
            rows.Delete(_deletedTo.Value, cut);
            _deletedTo = cut > _deletedTo ? cut : _deletedTo;
            return true;
        }
    }

    /// <summary>The first operation that retention keeps, or the one up to which all may go.</summary>
    private LogSequence OldestKept(PostgresLogHead head, LogSequence until)
    {
        LogRetention retention = options.Retention;
        if (retention == LogRetention.None)
        {
            return until;
        }

        // Times and positions grow with the sequence, so a search by halves finds the border.
        LogTime old = new(options.Clock.Last.Microseconds - (long)retention.Time.TotalMicroseconds);
        LogSequence low = head.First, high = until;
        while (low < high)
        {
            LogSequence middle = new(low.Value + ((high.Value - low.Value) / 2));
            (LogTime Time, long Position)? row = rows.Find(middle);
            if (row is null || row.Value.Time <= old || head.Bytes - row.Value.Position > retention.BytesMax)
            {
                low = middle.Next;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private bool Move(LogSequence first) => server.Run(connection =>
    {
        using NpgsqlCommand move = new(
            $"UPDATE {server.Head} SET first_seq = greatest(first_seq, $3) WHERE partition_id = $1 AND owner = $2", connection);
        move.Parameters.Add(new NpgsqlParameter<string> { TypedValue = partition });
        move.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner });
        move.Parameters.Add(new NpgsqlParameter<long> { TypedValue = checked((long)first.Value) });
        return move.ExecuteNonQuery() == 1;
    });
}
