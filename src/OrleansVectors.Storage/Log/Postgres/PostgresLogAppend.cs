using System.Diagnostics;
using Npgsql;

namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>One group on its way into the tables: what is sent, and how far it has come.</summary>
/// <remarks>
/// All goes out in one message and is one transaction, which the server commits after it has answered everything:
/// 1. It is made to wait for the disk, if the server's default is not to. A stricter default (a standby) stays.
/// 2. The head moves on if it still has this epoch and this end, and the rows follow from that: a fenced group changes nothing.
///    The answer says whether.
/// 3. A group that is too large for one statement goes on in others, which store their rows if the head has moved.
/// The server acts on a statement when it has all of it, so a writer that is stopped while it sends a usual group
/// holds no lock that the next opening would wait for.
/// One statement with arrays against BEGIN, UPDATE, COPY, COMMIT, operations of 200 bytes, server on the same machine, without the
/// wait for its disk, medians of interleaved runs: 0.09 and 0.24 ms for one, 0.40 and 0.92 for 64, 6.1 and 8.3 for 1024. Over a
/// network the way back and forth comes once and not four times.
/// </remarks>
internal sealed class PostgresLogAppend(PostgresLogServer server, string partition, PostgresLogHead before, LogTime time)
{
    private const long StatementBytesMax = 64L << 20;
    private const long BytesPerSecondMin = 16L << 20;

    /// <summary>When the group was accepted.</summary>
    public LogTime Time => time;

    /// <summary>Whether the server has answered, so that it may have begun to commit.</summary>
    public bool Answered { get; private set; }

    /// <summary>Bytes of all operations since the log began, with these.</summary>
    public long Bytes { get; private set; } = before.Bytes;

    /// <summary>Sends a group and waits until it is committed.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="operations">The group.</param>
    /// <param name="durability">Whether the commit waits for the disk.</param>
    /// <returns>False when another opening has the log, or the head is not where this one left it: nothing was stored.</returns>
    public async Task<bool> SendAsync(NpgsqlConnection connection, ReadOnlyMemory<ReadOnlyMemory<byte>> operations, Durability durability)
    {
        LogSequence last = new(before.Last.Value + (ulong)operations.Length);
        await using NpgsqlBatch batch = new(connection);
        batch.BatchCommands.Add(PostgresDurability.Command(durability));
        AddRows(batch, operations, last);
        batch.Timeout = (int)Math.Ceiling(server.CommandTimeout.TotalSeconds + ((double)(Bytes - before.Bytes) / BytesPerSecondMin));

        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
        await reader.NextResultAsync().ConfigureAwait(false);
        bool moved = await reader.ReadAsync().ConfigureAwait(false) && reader.GetInt64(0) == 1;
        Answered = true;
        while (await reader.NextResultAsync().ConfigureAwait(false))
        {
        }

        return moved;
    }

    private void AddRows(NpgsqlBatch batch, ReadOnlyMemory<ReadOnlyMemory<byte>> operations, LogSequence last)
    {
        LogSequence next = before.Last.Next;
        for (int done = 0; done < operations.Length;)
        {
            ReadOnlyMemory<ReadOnlyMemory<byte>> part = operations.Slice(done, Fitting(operations.Span[done..]));
            LogSequence behind = new(next.Value - 1);
            (long[] positions, int[] checksums) = Describe(part.Span, next);
            NpgsqlBatchCommand command = done == 0 ? MoveAndStore(last, endBytes: before.Bytes + SizeOf(operations.Span)) : Store(last);
            command.Parameters.Add(Parameter(behind.Value));
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = positions });
            command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = checksums });
            command.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>[]> { TypedValue = part.ToArray() });
            batch.BatchCommands.Add(command);
            done += part.Length;
            next = new LogSequence(next.Value + (ulong)part.Length);
        }

        Debug.Assert(next == last.Next, "every operation is in one statement");
    }

    private NpgsqlBatchCommand MoveAndStore(LogSequence last, long endBytes)
    {
        NpgsqlBatchCommand command = Command(
            $"""
            WITH head AS (
                UPDATE {server.Head} SET committed_seq = $4, committed_time = $3, committed_bytes = $5
                WHERE partition_id = $1 AND epoch = $2 AND committed_seq = $6
                RETURNING 1
            ), stored AS (
                INSERT INTO {server.Rows} (partition_id, seq, epoch, time, position, crc, payload)
                SELECT $1, $6 + o.number, $2, $3, o.position, o.crc, o.payload
                FROM head, unnest($7, $8, $9) WITH ORDINALITY AS o(position, crc, payload, number)
            )
            SELECT count(*) FROM head
            """,
            last);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = endBytes });
        return command;
    }

    private NpgsqlBatchCommand Store(LogSequence last) => Command(
        $"""
        INSERT INTO {server.Rows} (partition_id, seq, epoch, time, position, crc, payload)
        SELECT $1, $5 + o.number, $2, $3, o.position, o.crc, o.payload
        FROM {server.Head} head, unnest($6, $7, $8) WITH ORDINALITY AS o(position, crc, payload, number)
        WHERE head.partition_id = $1 AND head.epoch = $2 AND head.committed_seq = $4
        """,
        last);

    private NpgsqlBatchCommand Command(string sql, LogSequence last)
    {
        NpgsqlBatchCommand command = new(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = partition });
        command.Parameters.Add(Parameter(before.Epoch.Value));
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = time.Microseconds });
        command.Parameters.Add(Parameter(last.Value));
        return command;
    }

    private (long[] Positions, int[] Checksums) Describe(ReadOnlySpan<ReadOnlyMemory<byte>> operations, LogSequence first)
    {
        long[] positions = new long[operations.Length];
        int[] checksums = new int[operations.Length];
        for (int i = 0; i < operations.Length; i++)
        {
            LogSequence sequence = new(first.Value + (ulong)i);
            positions[i] = Bytes;
            checksums[i] = LogRowChecksum.Of(sequence, before.Epoch, time, Bytes, operations[i].Span);
            Bytes += LogRowSize.Of(operations[i].Length);
        }

        return (positions, checksums);
    }

    /// <summary>How many of the operations go into the next statement: at least one.</summary>
    private static int Fitting(ReadOnlySpan<ReadOnlyMemory<byte>> operations)
    {
        long bytes = operations[0].Length;
        int count = 1;
        while (count < operations.Length && bytes + operations[count].Length <= StatementBytesMax)
        {
            bytes += operations[count++].Length;
        }

        return count;
    }

    private static long SizeOf(ReadOnlySpan<ReadOnlyMemory<byte>> operations)
    {
        long bytes = 0;
        foreach (ReadOnlyMemory<byte> operation in operations)
        {
            bytes += LogRowSize.Of(operation.Length);
        }

        return bytes;
    }

    private static NpgsqlParameter<long> Parameter(ulong number) => new() { TypedValue = checked((long)number) };
}
