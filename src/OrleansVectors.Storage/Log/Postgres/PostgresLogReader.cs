using System.Data;
using System.Globalization;
using Npgsql;

namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>
/// Reads a log's operations in order, page by page, each with a query and a connection of its own: whoever reads slowly holds
/// nothing.
/// </summary>
internal sealed class PostgresLogReader(PostgresLogServer server, string partition, PostgresLogHeads heads)
{
    private const long PageRowsMax = 1_000;
    private const long PageBytesMax = 8L << 20;

    /// <summary>Reads from one operation to another; both were committed when this is called.</summary>
    public IEnumerable<LogRecord> Read(LogSequence first, LogSequence last)
    {
        for (LogSequence next = first; next <= last;)
        {
            List<Row> page = server.Run(connection => ReadPage(connection, next, last));
            if (page.Count == 0)
            {
                throw Missing(next, last);
            }

            foreach (Row row in page)
            {
                if (row.Record.Sequence != next)
                {
                    throw Missing(next, last);
                }

                Check(row);
                yield return row.Record;
                next = next.Next;
            }
        }
    }

    private List<Row> ReadPage(NpgsqlConnection connection, LogSequence from, LogSequence last)
    {
        // The first row is in the page however large it is.
        using NpgsqlCommand read = new(
            $"""
            SELECT seq, epoch, time, position, crc, octet_length(payload), payload FROM {server.Rows}
            WHERE partition_id = $1 AND seq >= $2 AND seq <= $3
                AND (seq = $2 OR position < $4 + (SELECT position FROM {server.Rows} WHERE partition_id = $1 AND seq = $2))
            ORDER BY seq
            """,
            connection);
        read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = partition });
        read.Parameters.Add(new NpgsqlParameter<long> { TypedValue = checked((long)from.Value) });
        read.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Math.Min(checked((long)last.Value), (long)from.Value + PageRowsMax - 1) });
        read.Parameters.Add(new NpgsqlParameter<long> { TypedValue = PageBytesMax });

        List<Row> page = [];
        using NpgsqlDataReader row = read.ExecuteReader(CommandBehavior.SequentialAccess);
        while (row.Read())
        {
            LogSequence sequence = new((ulong)row.GetInt64(0));
            Epoch epoch = new((ulong)row.GetInt64(1));
            LogTime time = new(row.GetInt64(2));
            long position = row.GetInt64(3);
            int checksum = row.GetInt32(4);
            byte[] operation = GC.AllocateUninitializedArray<byte>(row.GetInt32(5));
            row.GetBytes(6, 0, operation, 0, operation.Length);
            page.Add(new Row(new LogRecord(sequence, epoch, time, operation), position, checksum));
        }

        return page;
    }

    private void Check(Row row)
    {
        LogRecord record = row.Record;
        int checksum = LogRowChecksum.Of(record.Sequence, record.Epoch, record.Time, row.Position, record.Operation.Span);
        if (checksum != row.Checksum)
        {
            throw Damaged(record.Sequence, $"checksum {Hex(row.Checksum)}", $"checksum {Hex(checksum)}");
        }
    }

    private Exception Missing(LogSequence wanted, LogSequence last)
    {
        // Trimming moves the first sequence before it deletes anything.
        LogSequence? first = heads.Look()?.First;
        return first is null || first > wanted
            ? new LogRangeException($"{partition} at {server.Name}", wanted, first ?? last.Next, last)
            : Damaged(wanted, "its row", "none");
    }

    private LogRowDamagedException Damaged(LogSequence sequence, string expected, string actual)
        => new(server.Name, partition, sequence, expected, actual);

    private static string Hex(int checksum) => checksum.ToString("x8", CultureInfo.InvariantCulture);

    private readonly record struct Row(LogRecord Record, long Position, int Checksum);
}
