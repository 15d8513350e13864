using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Log.Postgres;
using OrleansVectors.Storage.Tests.Postgres;

namespace OrleansVectors.Storage.Tests.Log.Postgres;

/// <summary>What a log at a server does beyond what every log does.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresLogTests : IDisposable
{
    private readonly PostgresServer _server;
    private readonly string _schema = PostgresServer.NewSchema();
    private readonly PostgresLogs _logs;

    public PostgresLogTests(PostgresFixture fixture)
    {
        _server = fixture.Require();
        _logs = NewStore();
    }

    public void Dispose() => _logs.Dispose();

    private PostgresLogs NewStore(string? user = null) => new(new PostgresLogsOptions
    {
        ConnectionString = user is null ? _server.ConnectionString() : _server.ConnectionString(user: user),
        Schema = _schema,
    });

    private IOperationLog Open(LogOptions? options = null) => _logs.Open("c1/p4", folder: "", options ?? new LogOptions());

    private object? Execute(string sql) => _server.Execute(sql.Replace("{s}", _schema, StringComparison.Ordinal));

    private long Rows() => (long)Execute("SELECT count(*) FROM {s}.partition_log")!;

    /// <summary>Openings block, and the pool has few threads.</summary>
    private static Task<IOperationLog> OnThread(Func<IOperationLog> open)
        => Task.Factory.StartNew(open, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    [Fact]
    public async Task An_older_opening_is_fenced_and_nothing_of_it_is_stored()
    {
        using IOperationLog older = Open();
        await older.AppendNextAsync(count: 3);
        using IOperationLog newer = Open();
        LogFencedException fenced = await Assert.ThrowsAsync<LogFencedException>(() => older.AppendNextAsync(count: 2).AsTask());
        Assert.Equal(new Epoch(1), fenced.Mine);
        Assert.Equal(new Epoch(2), fenced.Current);
        Assert.Equal(3, Rows());
        await newer.AppendNextAsync();

        // It stays fenced, whatever is tried, and goes on reading what it knew.
        await Assert.ThrowsAsync<LogFencedException>(() => older.AppendNextAsync().AsTask());
        await Assert.ThrowsAsync<LogFencedException>(() => older.HealAsync().AsTask());
        Assert.Equal(3, older.Verify());
        Assert.Equal(4, newer.Verify());
    }

    [Fact]
    public async Task A_replaced_opening_neither_trims_nor_flushes()
    {
        using IOperationLog older = Open(new LogOptions { Durability = Durability.Os });
        await older.AppendNextAsync(count: 3);
        using IOperationLog newer = Open();
        Assert.Throws<LogFencedException>(() => older.TrimBefore(new LogSequence(3)));
        Assert.Equal(3, Rows());
        await Assert.ThrowsAsync<LogFencedException>(() => older.FlushAsync().AsTask());
    }

    [Fact]
    public async Task Openings_that_race_get_different_epochs_and_the_greatest_writes()
    {
        IOperationLog[] logs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OnThread(() => Open())));
        Assert.Equal(Enumerable.Range(1, 8).Select(epoch => new Epoch((ulong)epoch)), logs.Select(log => log.Epoch).Order());
        await Task.WhenAll(logs.Select(async log =>
        {
            if (log.Epoch == new Epoch(8))
            {
                await log.AppendNextAsync(count: 5);
            }
            else
            {
                await Assert.ThrowsAsync<LogFencedException>(() => log.AppendNextAsync(count: 2).AsTask());
            }
        }));
        Assert.Equal(5, Rows());
    }

    [Fact]
    public async Task Appends_that_race_with_a_takeover_are_stored_and_acknowledged_or_neither()
    {
        IOperationLog log = Open();
        for (int round = 0; round < 10; round++)
        {
            IOperationLog old = log;
            Task<ulong> appending = Task.Run(async () =>
            {
                try
                {
                    while (true)
                    {
                        await old.AppendNextAsync(count: 3);
                    }
                }
                catch (LogFencedException)
                {
                    return old.LastSequence.Value;
                }
            });
            await Task.Delay(10);
            log = Open();
            ulong found = log.LastSequence.Value;
            await log.AppendNextAsync();
            Assert.Equal(found, await appending);
        }

        log.Verify();
    }

    [Fact]
    public async Task Trimming_is_exact_and_deletes_in_slices()
    {
        using IOperationLog log = Open();
        for (int i = 0; i < 12; i++)
        {
            await log.AppendNextAsync(count: 1000, bytesMax: 4);
        }

        log.TrimBefore(new LogSequence(11_501));
        Assert.Equal(new LogSequence(11_501), log.FirstSequence);
        Assert.Equal(500, Rows());
        Assert.Equal(500, log.Verify(11_501, bytesMax: 4));
        LogRangeException range = Assert.Throws<LogRangeException>(() => log.ReadFrom(new LogSequence(11_500)));
        Assert.Equal(new LogSequence(11_501), range.First);

        log.TrimBefore(new LogSequence(100_000));
        Assert.Equal(new LogSequence(12_001), log.FirstSequence);
        Assert.Equal(0, Rows());
        Assert.Equal(0, log.TailBytes(new LogSequence(12_001)));
        using IOperationLog again = Open();
        Assert.Equal(new LogSequence(12_001), again.FirstSequence);
        await again.AppendNextAsync(bytesMax: 4);
        Assert.Equal(1, again.Verify(12_001, bytesMax: 4));
    }

    [Fact]
    public async Task What_a_crash_left_of_trimmed_rows_goes_with_the_next_trimming()
    {
        using (IOperationLog log = Open())
        {
            await log.AppendNextAsync(count: 100);
        }

        Execute("UPDATE {s}.partition_head SET first_seq = 61");
        using IOperationLog again = Open();
        Assert.Equal(new LogSequence(61), again.FirstSequence);
        again.TrimBefore(new LogSequence(71));
        Assert.Equal(30, Rows());
        Assert.Equal(30, again.Verify(71));
    }

    [Fact]
    public async Task What_is_retained_stays_until_it_is_old_or_there_is_too_much_of_it()
    {
        StandingTime machine = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        LogOptions options = new() { Clock = new LogClock(machine), Retention = new LogRetention(TimeSpan.FromMinutes(10), 100_000) };
        using IOperationLog log = Open(options);
        for (int minute = 1; minute <= 20; minute++)
        {
            machine.Now += TimeSpan.FromMinutes(1);
            await log.AppendNextAsync(count: 5);
        }

        log.TrimBefore(new LogSequence(81));
        Assert.Equal(new LogSequence(51), log.FirstSequence); // minute 10 is as old as ten minutes
        log.TrimBefore(new LogSequence(40));
        Assert.Equal(new LogSequence(51), log.FirstSequence);
        for (int i = 0; i < 200; i++)
        {
            await log.AppendNextAsync(count: 10);
        }

        log.TrimBefore(new LogSequence(2100));
        Assert.InRange((long)Execute("SELECT sum(octet_length(payload) + 96) FROM {s}.partition_log")!, 99_000, 100_000); // young, but too much
        machine.Now += TimeSpan.FromDays(1);
        await log.AppendNextAsync();
        log.TrimBefore(new LogSequence(2101));
        Assert.Equal(new LogSequence(2101), log.FirstSequence);
        Assert.Equal(1, Rows());
    }

    [Fact]
    public async Task A_reader_that_is_overtaken_by_trimming_is_told()
    {
        using IOperationLog log = Open();
        for (int i = 0; i < 3; i++)
        {
            await log.AppendNextAsync(count: 1000);
        }

        using IEnumerator<LogRecord> reader = log.ReadFrom(new LogSequence(1)).GetEnumerator();
        Assert.True(reader.MoveNext());
        log.TrimBefore(new LogSequence(2500));
        LogRangeException error = Assert.Throws<LogRangeException>(() =>
        {
            while (reader.MoveNext())
            {
            }
        });
        Assert.Equal(new LogSequence(2500), error.First);
    }

    [Theory]
    [InlineData("UPDATE {s}.partition_log SET payload = set_byte(payload, 0, 255 - get_byte(payload, 0)) WHERE seq = 7")]
    [InlineData("UPDATE {s}.partition_log SET time = time + 1 WHERE seq = 7")]
    [InlineData("UPDATE {s}.partition_log SET epoch = 9 WHERE seq = 7")]
    [InlineData("UPDATE {s}.partition_log SET crc = 0 WHERE seq = 7")]
    [InlineData("UPDATE {s}.partition_log SET position = 0 WHERE seq = 7")]
    [InlineData("DELETE FROM {s}.partition_log WHERE seq = 7")]
    [InlineData("DELETE FROM {s}.partition_log WHERE seq >= 7")]
    public async Task A_row_that_was_changed_or_is_gone_is_damage_and_not_skipped(string change)
    {
        using IOperationLog log = Open();
        await log.AppendNextAsync(count: 10);
        Execute(change);
        List<ulong> read = [];
        LogRowDamagedException damage = Assert.Throws<LogRowDamagedException>(() =>
        {
            foreach (LogRecord record in log.ReadFrom(new LogSequence(1)))
            {
                read.Add(record.Sequence.Value);
            }
        });
        Assert.Equal([1ul, 2, 3, 4, 5, 6], read);
        Assert.Equal("c1/p4", damage.Partition);
        Assert.Equal(new LogSequence(7), damage.Sequence);
    }

    [Fact]
    public async Task A_server_that_comes_back_with_less_than_it_acknowledged_is_not_written_to()
    {
        using IOperationLog log = Open();
        await log.AppendNextAsync(count: 10);
        Execute("DELETE FROM {s}.partition_log WHERE seq > 8; UPDATE {s}.partition_head SET committed_seq = 8");
        LogFailedException failed = await Assert.ThrowsAsync<LogFailedException>(() => log.AppendNextAsync().AsTask());
        Assert.IsType<LogRowDamagedException>(failed.InnerException);
        await Assert.ThrowsAsync<LogRowDamagedException>(() => log.HealAsync().AsTask());
        await Assert.ThrowsAsync<LogFailedException>(() => log.AppendNextAsync().AsTask());
        Assert.Equal(8, Rows());
    }

    [Fact]
    public async Task A_group_larger_than_a_statement_is_one_transaction()
    {
        byte[] large = GC.AllocateUninitializedArray<byte>(34 << 20);
        new Random(5).NextBytes(large);
        ReadOnlyMemory<byte>[] group = [large, new byte[3], large.AsMemory(1), new byte[2]];
        using IOperationLog older = Open();
        await older.AppendGroupAsync(group);
        using IOperationLog newer = Open();
        await Assert.ThrowsAsync<LogFencedException>(() => older.AppendGroupAsync(group).AsTask());
        Assert.Equal(4, Rows());
        int at = 0;
        foreach (LogRecord record in newer.ReadFrom(new LogSequence(1)))
        {
            Assert.True(record.Operation.Span.SequenceEqual(group[at++].Span));
        }

        Assert.Equal(4, at);
        await newer.AppendGroupAsync(new ReadOnlyMemory<byte>[] { new byte[1] });
        newer.TrimBefore(new LogSequence(5));
        Assert.Equal(1, Rows());
    }

    [Fact]
    public async Task Deleting_a_log_leaves_nothing_and_stops_whoever_writes_it()
    {
        using IOperationLog log = Open();
        using IOperationLog other = _logs.Open("c1/p5", folder: "", new LogOptions());
        await other.AppendNextAsync(count: 2);
        for (int i = 0; i < 6; i++)
        {
            await log.AppendNextAsync(count: 1000, bytesMax: 4);
        }

        _logs.Delete("c1/p4");
        _logs.Delete("c1/p4");
        Assert.Equal(2, Rows());
        Assert.Equal(1L, Execute("SELECT count(*) FROM {s}.partition_head"));
        await Assert.ThrowsAsync<LogFencedException>(() => log.AppendNextAsync().AsTask());
        using IOperationLog again = Open();
        Assert.Equal(LogSequence.None, again.LastSequence);
        await other.AppendNextAsync();
    }

    [Fact]
    public async Task Many_stores_that_start_at_once_make_the_tables_once()
    {
        PostgresLogs[] stores = [.. Enumerable.Range(0, 8).Select(_ => NewStore())];
        IOperationLog[] logs = await Task.WhenAll(stores.Select((store, i) => OnThread(() => store.Open($"c1/p{i}", folder: "", new LogOptions()))));
        await Task.WhenAll(logs.Select(log => log.AppendNextAsync(count: 2).AsTask()));
        Assert.Equal(16, Rows());
        Assert.Equal(1L, Execute("SELECT count(*) FROM {s}.log_schema_version"));
        Array.ForEach(stores, store => store.Dispose());
    }

    [Fact]
    public void Tables_of_a_later_version_are_refused()
    {
        Open().Dispose();
        Execute("UPDATE {s}.log_schema_version SET version = 7");
        using PostgresLogs store = NewStore();
        LogSchemaException error = Assert.Throws<LogSchemaException>(() => store.Open("c1/p4", folder: "", new LogOptions()));
        Assert.Equal(7, error.Found);
    }

    [Fact]
    public async Task A_role_that_owns_the_schema_and_may_create_none_suffices()
    {
        Execute("CREATE ROLE owner_{s} LOGIN; CREATE SCHEMA {s} AUTHORIZATION owner_{s}");
        using PostgresLogs store = NewStore("owner_" + _schema);
        using IOperationLog log = store.Open("c1/p4", folder: "", new LogOptions());
        await log.AppendNextAsync(count: 3);
        log.TrimBefore(new LogSequence(2));
        Assert.Equal(2, log.Verify(2));
    }

    [Fact]
    public void A_server_that_does_not_flush_is_refused_unless_nobody_relies_on_it()
    {
        _server.Set("fsync", "off");
        try
        {
            Assert.Throws<LogNotDurableException>(() => Open());
            Open(new LogOptions { Durability = Durability.Os }).Dispose();
        }
        finally
        {
            _server.Set("fsync", value: null);
        }
    }

    [Theory]
    [InlineData("", "schema")]
    [InlineData("1st", "schema")]
    [InlineData("a\"; DROP", "schema")]
    [InlineData("trailing\n", "schema")]
    public void A_schema_has_a_plain_name(string schema, string what)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new PostgresLogs(new PostgresLogsOptions { ConnectionString = "Host=127.0.0.1", Schema = schema }));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_message_tells_the_password()
    {
        using PostgresLogs store = new(new PostgresLogsOptions
        {
            ConnectionString = "Host=127.0.0.1;Port=1;Username=someone;Password=geheim;Database=vectors",
        });
        LogUnreachableException error = Assert.Throws<LogUnreachableException>(() => store.Open("c1/p4", folder: "", new LogOptions()));
        Assert.Equal("127.0.0.1:1/vectors", error.Server);
        Assert.Contains(error.Server, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_none_is_refused()
    {
        Assert.Throws<ArgumentException>(() => _logs.Open("../p4", folder: "", new LogOptions()));
        Assert.Throws<ArgumentException>(() => _logs.Delete(""));
    }
}
