using System.Diagnostics;
using Npgsql;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Log.Postgres;
using OrleansVectors.Storage.Tests.Postgres;

namespace OrleansVectors.Storage.Tests.Log.Postgres;

/// <summary>What a log makes of a server that stops, says no or does not answer, and of a network that loses what it carries.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresLogFaultTests : IDisposable
{
    // Of the tests that wait for it to end; and of those for which it must not end on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GreatPatience = TimeSpan.FromSeconds(15);

    // Some times the patience that is to end, and a busy machine.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly PostgresServer _server;
    private readonly string _schema = PostgresServer.NewSchema();
    private readonly CuttingProxy _proxy;
    private readonly PostgresLogs _direct;
    private readonly PostgresLogs _proxied;
    private readonly PostgresLogs _impatient;

    public PostgresLogFaultTests(PostgresFixture fixture)
    {
        _server = fixture.Require();
        _proxy = new CuttingProxy(_server.Port);
        _direct = NewStore(_server.ConnectionString(), GreatPatience);
        _proxied = NewStore(_server.ConnectionString(_proxy.Port), GreatPatience);
        _impatient = NewStore(_server.ConnectionString(_proxy.Port), Patience);
    }

    public void Dispose()
    {
        _impatient.Dispose();
        _proxied.Dispose();
        _direct.Dispose();
        _proxy.Dispose();
    }

    private PostgresLogs NewStore(string connection, TimeSpan patience) => new(new PostgresLogsOptions
    {
        // When its patience ends Npgsql asks the server to give up, and waits so long for that (two seconds if not told).
        ConnectionString = connection + ";Cancellation Timeout=300",
        Schema = _schema,
        ConnectTimeout = patience,
        CommandTimeout = patience,
    });

    private static IOperationLog Open(PostgresLogs store, Durability durability = Durability.Flush)
        => store.Open("c1/p4", folder: "", new LogOptions { Durability = durability });

    private object? Execute(string sql) => _server.Execute(sql.Replace("{s}", _schema, StringComparison.Ordinal));

    [Fact]
    public async Task A_group_whose_answer_was_lost_is_found_by_healing()
    {
        using IOperationLog log = Open(_proxied);
        await log.AppendNextAsync(count: 3);
        _proxy.Set(CuttingProxy.Mode.CutAnswers);
        LogFailedException failed = await Assert.ThrowsAsync<LogFailedException>(() => log.AppendNextAsync(count: 4).AsTask());
        Assert.Equal(new LogSequence(3), failed.LastAcknowledged);
        Assert.Equal(new LogSequence(3), log.LastSequence);

        // Nothing is appended before it is known what there is, though the way is free again.
        _proxy.Set(CuttingProxy.Mode.Pass);
        await Assert.ThrowsAsync<LogFailedException>(() => log.AppendNextAsync().AsTask());
        await log.HealAsync();
        Assert.Equal(new Epoch(2), log.Epoch);
        Assert.Equal(new LogSequence(7), log.LastSequence);
        Assert.Equal(4, log.Verify(4));
        await log.AppendNextAsync();
        Assert.Equal(8, log.Verify());
    }

    [Fact]
    public async Task A_group_that_never_arrived_is_not_there_after_healing()
    {
        using IOperationLog log = Open(_proxied);
        await log.AppendNextAsync(count: 3);
        _proxy.Set(CuttingProxy.Mode.CutRequests);
        await Assert.ThrowsAsync<LogFailedException>(() => log.AppendNextAsync(count: 4).AsTask());
        _proxy.Set(CuttingProxy.Mode.Pass);
        await log.HealAsync();
        Assert.Equal(new LogSequence(3), log.LastSequence);
        await log.AppendNextAsync(count: 2);
        Assert.Equal(5, log.Verify());
    }

    [Fact]
    public async Task Healing_whose_answer_was_lost_is_done_again_and_is_no_other_opening()
    {
        using IOperationLog log = Open(_proxied);
        await log.AppendNextAsync();
        _proxy.Set(CuttingProxy.Mode.CutAnswers);
        await Assert.ThrowsAsync<LogFailedException>(() => log.AppendNextAsync().AsTask());

        // This healing reached the server, but its answer did not come back.
        Execute("UPDATE {s}.partition_head SET epoch = epoch + 1");
        await Assert.ThrowsAnyAsync<IOException>(() => log.HealAsync().AsTask());
        _proxy.Set(CuttingProxy.Mode.Pass);
        await log.HealAsync();
        Assert.Equal(new Epoch(3), log.Epoch);
        await log.AppendNextAsync();
        Assert.Equal(3, log.Verify());
    }

    [Theory]
    [InlineData(nameof(CuttingProxy.Mode.Swallow), 0)]
    [InlineData(nameof(CuttingProxy.Mode.SwallowAnswers), 2)]
    public async Task A_server_that_does_not_answer_is_given_up(string mode, int storedMax)
    {
        using IOperationLog log = Open(_impatient);
        await log.AppendNextAsync(count: 3);
        _proxy.Set(Enum.Parse<CuttingProxy.Mode>(mode));
        Stopwatch clock = Stopwatch.StartNew();
        await Assert.ThrowsAsync<LogFailedException>(() => log.AppendNextAsync(count: 2).AsTask());
        Assert.InRange(clock.Elapsed, Patience / 2, Bound);

        clock.Restart();
        await Assert.ThrowsAsync<LogUnreachableException>(() => log.HealAsync().AsTask());
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Bound);

        clock.Restart();
        Assert.Throws<LogUnreachableException>(() => log.Verify());
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Bound);

        _proxy.Set(CuttingProxy.Mode.Pass);
        await HealAsync(log);

        // A busy server may hear that it is given up before it has stored the group.
        Assert.Contains(log.LastSequence.Value, new ulong[] { 3, 3 + (ulong)storedMax });
        await log.AppendNextAsync();
        log.Verify();
    }

    [Fact]
    public async Task No_opening_waits_without_end_for_a_server_that_does_not_answer()
    {
        Open(_direct).Dispose();
        _proxy.Set(CuttingProxy.Mode.Swallow);
        Task[] openings = [.. Enumerable.Range(0, 24).Select(_ => Task.Factory.StartNew(
            () => Assert.Throws<LogUnreachableException>(() =>
            {
                using PostgresLogs store = NewStore(_server.ConnectionString(_proxy.Port), Patience);
                Open(store);
            }),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        await Task.WhenAll(openings).WaitAsync(Bound);
    }

    [Fact]
    public async Task A_server_that_takes_no_connections_refuses_and_nothing_has_failed()
    {
        using IOperationLog log = Open(_proxied);
        await log.AppendNextAsync();
        _proxy.Refuse();
        await Assert.ThrowsAsync<LogFailedException>(() => log.AppendNextAsync().AsTask()); // by the connection there was
        await Assert.ThrowsAsync<LogUnreachableException>(() => log.HealAsync().AsTask());
        Assert.Throws<LogUnreachableException>(() => Open(_proxied));

        // Without a connection nothing is sent, and a server that goes down in order says goodbye to those there are.
        using PostgresLogs fresh = NewStore(_server.ConnectionString(), GreatPatience);
        using IOperationLog other = Open(fresh);
        _server.End(PostgresServer.Stop.Fast);
        try
        {
            for (int i = 0; i < 3; i++)
            {
                await Assert.ThrowsAsync<LogUnreachableException>(() => other.AppendNextAsync().AsTask());
            }
        }
        finally
        {
            _server.Start();
        }

        await other.AppendNextAsync();
        Assert.Equal(2, other.Verify());
    }

    [Fact]
    public async Task What_reaches_the_server_after_healing_comes_to_nothing()
    {
        using IOperationLog log = Open(_impatient);
        ulong before = log.LastSequence.Value;

        // Someone holds the row, the group waits for it at the server, and its writer gives up.
        using NpgsqlConnection holder = new(_server.ConnectionString());
        holder.Open();
        using NpgsqlTransaction holding = holder.BeginTransaction();
        using NpgsqlCommand hold = new($"SELECT 1 FROM {_schema}.partition_head FOR UPDATE", holder);
        hold.ExecuteScalar();
        Task failing = Assert.ThrowsAsync<LogFailedException>(() => log.AppendNextAsync(count: 2).AsTask());
        await WaitForAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'", 1);
        _proxy.Set(CuttingProxy.Mode.Swallow); // nor does it hear that it need not
        await failing;

        _proxy.Set(CuttingProxy.Mode.Pass);
        await Assert.ThrowsAnyAsync<IOException>(() => log.HealAsync().AsTask());
        Task healing = log.HealAsync().AsTask();
        await Task.WhenAny(healing, WaitForAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'", 2));
        holding.Rollback();
        try
        {
            await healing;
        }
        catch (LogRefusedException)
        {
            await HealAsync(log); // it waited for too long already
        }

        // Whichever of the two came first, nothing moves under this opening any more.
        ulong found = log.LastSequence.Value;
        Assert.Contains(found, new[] { before, before + 2 });
        await log.AppendNextAsync();
        await WaitForAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'", 0);
        await log.AppendNextAsync();
        Assert.Equal(found + 2, log.LastSequence.Value);
        log.Verify();
    }

    [Theory]
    [InlineData("53100", typeof(LogDiskFullException))]
    [InlineData("25006", typeof(LogRefusedException))]
    [InlineData("40001", typeof(LogRefusedException))]
    public async Task An_error_of_the_server_undoes_the_group_and_the_next_may_succeed(string state, Type expected)
    {
        using IOperationLog log = Open(_direct);
        await log.AppendNextAsync(count: 2);
        Execute($"CREATE FUNCTION {{s}}.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'as wished' USING ERRCODE = '{state}'; END $$");
        string[] moments = ["TRIGGER fail BEFORE INSERT ON {s}.partition_log", "CONSTRAINT TRIGGER fail AFTER INSERT ON {s}.partition_log DEFERRABLE INITIALLY DEFERRED"];
        foreach (string moment in moments)
        {
            // Once while it is stored, once while it is committed.
            Execute($"CREATE {moment} FOR EACH ROW EXECUTE FUNCTION {{s}}.fail()");
            Exception refused = await Assert.ThrowsAnyAsync<LogRefusedException>(() => log.AppendNextAsync(count: 3).AsTask());
            Assert.IsType(expected, refused);
            Execute("DROP TRIGGER fail ON {s}.partition_log");
            await log.AppendNextAsync(count: 3);
        }

        Assert.Equal(new Epoch(1), log.Epoch);
        Assert.Equal(8, log.Verify());
    }

    [Fact]
    public async Task A_role_that_may_not_write_or_not_connect_is_refused()
    {
        string role = "limited_" + _schema;
        Execute($"CREATE ROLE {role} LOGIN; CREATE SCHEMA {{s}} AUTHORIZATION {role}");
        using PostgresLogs store = NewStore(_server.ConnectionString(user: role), GreatPatience);
        using IOperationLog log = Open(store);
        await log.AppendNextAsync();
        Execute($"ALTER ROLE {role} SET default_transaction_read_only = on");
        await EndSessionsAsync();
        await Assert.ThrowsAsync<LogUnreachableException>(() => log.AppendNextAsync().AsTask());
        LogRefusedException refused = await Assert.ThrowsAsync<LogRefusedException>(() => log.AppendNextAsync().AsTask());
        Assert.Contains("25006", refused.Message, StringComparison.Ordinal);

        Execute($"ALTER ROLE {role} RESET default_transaction_read_only; ALTER ROLE {role} CONNECTION LIMIT 0");
        await EndSessionsAsync();
        for (int i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<LogUnreachableException>(() => log.AppendNextAsync().AsTask());
        }

        Execute($"ALTER ROLE {role} CONNECTION LIMIT -1");
        await log.AppendNextAsync();
        Assert.Equal(2, log.Verify());
    }

    [Fact]
    public async Task A_session_that_an_administrator_ended_has_stored_nothing()
    {
        using IOperationLog log = Open(_direct);
        await log.AppendNextAsync();
        await EndSessionsAsync();
        await Assert.ThrowsAsync<LogUnreachableException>(() => log.AppendNextAsync().AsTask());
        await log.AppendNextAsync();
        Assert.Equal(2, log.Verify());
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_server_whose_default_is_not_to_wait_for_its_disk()
    {
        _server.Set("synchronous_commit", "off");
        try
        {
            using IOperationLog log = Open(_direct);
            using IOperationLog relaxed = _direct.Open("c1/p5", folder: "", new LogOptions { Durability = Durability.Os });
            await relaxed.AppendNextAsync(count: 5);
            await relaxed.FlushAsync();
            await log.AppendNextAsync(count: 3);
            _server.End(PostgresServer.Stop.Immediate);
        }
        finally
        {
            _server.Start();
            _server.Set("synchronous_commit", value: null);
        }

        using IOperationLog again = Open(_direct);
        Assert.Equal(new Epoch(2), again.Epoch);
        Assert.Equal(3, again.Verify());
        using IOperationLog flushed = _direct.Open("c1/p5", folder: "", new LogOptions());
        Assert.Equal(5, flushed.Verify());
    }

    [Fact]
    public async Task Appends_that_do_not_wait_are_noticed_when_the_server_lost_them()
    {
        using IOperationLog log = Open(_direct, Durability.Os);
        await log.AppendNextAsync(count: 2);
        await log.FlushAsync();
        await log.AppendNextAsync(count: 2);
        _server.End(PostgresServer.Stop.Immediate);
        _server.Start();
        await Assert.ThrowsAnyAsync<IOException>(() => log.AppendNextAsync().AsTask());
        await Assert.ThrowsAsync<LogRowDamagedException>(() => log.HealAsync().AsTask());
        using IOperationLog again = Open(_direct);
        Assert.Equal(2, again.Verify());
    }

    [Fact]
    public async Task Acknowledged_groups_survive_a_server_that_goes_down_again_and_again()
    {
        const int Rounds = 20;
        int seed = Environment.TickCount;
        Random random = new(seed);
        using IOperationLog log = Open(_direct);
        GroupWriter writer = new(log);
        bool done = false;
        Task reading = Task.Run(() => ReadUntil(() => Volatile.Read(ref done), log));
        Task writing = Task.Run(() => writer.RunUntilAsync(() => Volatile.Read(ref done)));
        PostgresServer.Stop[] ways = Enum.GetValues<PostgresServer.Stop>();
        try
        {
            for (int round = 0; round < Rounds; round++)
            {
                int target = writer.Acknowledged + random.Next(1, 30);
                for (Stopwatch clock = Stopwatch.StartNew(); writer.Acknowledged < target && clock.Elapsed < Bound;)
                {
                    await Task.Delay(1);
                }

                Assert.True(writer.Acknowledged >= target, $"seed {seed}, round {round}: the log did not heal");
                _server.End(ways[round % ways.Length]);
                _server.Start();
            }
        }
        finally
        {
            Volatile.Write(ref done, true);
            await Task.WhenAll(reading, writing);
        }

        Assert.True(writer.Unknown > 0 && writer.Acknowledged > Rounds, $"seed {seed}: {writer.Acknowledged} acknowledged, {writer.Unknown} unknown");
        using IOperationLog again = Open(_direct);
        writer.Check(again, $"seed {seed}");
        TestContext.Current.SendDiagnosticMessage("{0}", $"{writer.Acknowledged} acknowledged, {writer.Refused} refused, {writer.Unknown} unknown of which {writer.Survived} survived");
    }

    private static void ReadUntil(Func<bool> done, IOperationLog log)
    {
        ulong next = 1;
        while (!done())
        {
            try
            {
                foreach (LogRecord record in log.ReadFrom(new LogSequence(next)))
                {
                    Assert.Equal(next, record.Sequence.Value);
                    next++;
                }
            }
            catch (LogRefusedException)
            {
                Thread.Sleep(1); // the server is away
            }
        }
    }

    private static async Task HealAsync(IOperationLog log)
    {
        for (Stopwatch clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                await log.HealAsync();
                return;
            }
            catch (LogRefusedException) when (clock.Elapsed < Bound)
            {
                // A busy machine is no other than one that is away.
            }
        }
    }

    private async Task EndSessionsAsync()
    {
        const string Others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
        Execute($"SELECT pg_terminate_backend(pid) {Others}");
        await WaitForAsync($"SELECT count(*) {Others}", 0);
    }

    private async Task WaitForAsync(string query, long wanted)
    {
        for (Stopwatch clock = Stopwatch.StartNew(); (long)Execute(query)! != wanted;)
        {
            Assert.True(clock.Elapsed < Bound, $"'{query}' did not become {wanted}");
            await Task.Delay(5);
        }
    }
}
