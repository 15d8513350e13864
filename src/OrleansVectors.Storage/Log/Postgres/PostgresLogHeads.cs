using Npgsql;

namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>Takes a log's head: for a new opening, and again after a failure.</summary>
internal sealed class PostgresLogHeads(PostgresLogServer server, string partition, string owner)
{
    private const int AttemptsMax = 16;

    /// <summary>Makes the head or takes it from whoever has it, in one statement, so that of two openings one comes last.</summary>
    public PostgresLogHead Take(LogOptions options) => server.Run(connection =>
    {
        using NpgsqlBatch batch = new(connection);
        NpgsqlBatchCommand take = Named(
            $"""
            INSERT INTO {server.Head} AS head
                (partition_id, owner, epoch, first_seq, committed_seq, committed_time, committed_bytes, heartbeat_at)
            VALUES ($1, $2, $3 + 1, $4, $4 - 1, $5, 0, now())
            ON CONFLICT (partition_id) DO UPDATE
                SET epoch = greatest(head.epoch, $3) + 1, owner = $2, heartbeat_at = now()
            RETURNING {PostgresLogHead.Columns}
            """);
        take.Parameters.Add(Number(options.EpochAfter.Value));
        take.Parameters.Add(Number(options.FirstSequence.Value));
        take.Parameters.Add(new NpgsqlParameter<long> { TypedValue = options.Clock.Next().Microseconds });
        return ExecuteDurably(batch, take)!.Value;
    });

    /// <summary>
    /// Takes the head again under the next epoch, if no other opening has it. This waits for a group that is being
    /// committed, and finds it; one that reaches the server later finds its epoch gone.
    /// </summary>
    /// <remarks>
    /// The first step looks, the second changes what was seen. A single one would do but for an earlier healing whose answer
    /// was lost: reaching the server late it would raise the epoch under the feet of this one.
    /// </remarks>
    /// <param name="label">What the log is called in messages.</param>
    /// <param name="mine">The last epoch this opening knows to be its own.</param>
    public async Task<PostgresLogHead> TakeAgainAsync(string label, Epoch mine)
    {
        await using NpgsqlConnection connection = await server.Source.OpenConnectionAsync().ConfigureAwait(false);
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            PostgresLogHead? seen = await LookAsync(connection).ConfigureAwait(false);
            if (seen?.Owner != owner)
            {
                throw new LogFencedException(label, mine, seen?.Epoch ?? Epoch.None);
            }

            await using NpgsqlBatch batch = new(connection);
            NpgsqlBatchCommand raise = Named(
                $"""
                UPDATE {server.Head} SET epoch = epoch + 1, heartbeat_at = now()
                WHERE partition_id = $1 AND owner = $2 AND epoch = $3
                RETURNING {PostgresLogHead.Columns}
                """);
            raise.Parameters.Add(Number(seen.Value.Epoch.Value));
            if (await ExecuteDurablyAsync(batch, raise).ConfigureAwait(false) is { } taken)
            {
                return taken;
            }
        }

        throw new IOException($"The head of '{label}' changed {AttemptsMax} times while it was taken.");
    }

    /// <summary>The head as it is; null when there is none.</summary>
    public PostgresLogHead? Look() => server.Run<PostgresLogHead?>(connection =>
    {
        using NpgsqlCommand look = LookCommand(connection);
        using NpgsqlDataReader row = look.ExecuteReader();
        return row.Read() ? PostgresLogHead.Read(row) : null;
    });

    /// <summary>The head as it is; null when there is none.</summary>
    public async Task<PostgresLogHead?> LookAsync(NpgsqlConnection connection)
    {
        await using NpgsqlCommand look = LookCommand(connection);
        await using NpgsqlDataReader row = await look.ExecuteReaderAsync().ConfigureAwait(false);
        return await row.ReadAsync().ConfigureAwait(false) ? PostgresLogHead.Read(row) : null;
    }

    /// <summary>
    /// Commits something that waits for the disk, and so for all that was committed before; it changes nothing that matters.
    /// </summary>
    /// <returns>False when another opening has the log.</returns>
    public async Task<bool> TouchDurablyAsync(NpgsqlConnection connection)
    {
        await using NpgsqlBatch batch = new(connection);
        NpgsqlBatchCommand touch = Named(
            $"UPDATE {server.Head} SET heartbeat_at = now() WHERE partition_id = $1 AND owner = $2 RETURNING {PostgresLogHead.Columns}");
        return await ExecuteDurablyAsync(batch, touch).ConfigureAwait(false) is not null;
    }

    // An epoch that a crash of the server took back would be given a second time: taking waits for the disk whatever the
    // log's own durability is.
    private static PostgresLogHead? ExecuteDurably(NpgsqlBatch batch, NpgsqlBatchCommand command)
    {
        batch.BatchCommands.Add(PostgresDurability.Command(Durability.Flush));
        batch.BatchCommands.Add(command);
        PostgresLogHead? head;
        using (NpgsqlDataReader row = batch.ExecuteReader())
        {
            row.NextResult();
            head = row.Read() ? PostgresLogHead.Read(row) : null;
            row.NextResult();
        }

        return head;
    }

    private static async Task<PostgresLogHead?> ExecuteDurablyAsync(NpgsqlBatch batch, NpgsqlBatchCommand command)
    {
        batch.BatchCommands.Add(PostgresDurability.Command(Durability.Flush));
        batch.BatchCommands.Add(command);
        await using NpgsqlDataReader row = await batch.ExecuteReaderAsync().ConfigureAwait(false);
        await row.NextResultAsync().ConfigureAwait(false);
        PostgresLogHead? head = await row.ReadAsync().ConfigureAwait(false) ? PostgresLogHead.Read(row) : null;
        await row.NextResultAsync().ConfigureAwait(false);
        return head;
    }

    private NpgsqlCommand LookCommand(NpgsqlConnection connection)
    {
        NpgsqlCommand look = new($"SELECT {PostgresLogHead.Columns} FROM {server.Head} WHERE partition_id = $1", connection);
        look.Parameters.Add(new NpgsqlParameter<string> { TypedValue = partition });
        return look;
    }

    private NpgsqlBatchCommand Named(string sql)
    {
        NpgsqlBatchCommand command = new(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = partition });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner });
        return command;
    }

    private static NpgsqlParameter<long> Number(ulong number) => new() { TypedValue = checked((long)number) };
}
