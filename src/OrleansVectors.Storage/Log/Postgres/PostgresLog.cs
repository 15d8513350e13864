using Npgsql;

namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>
/// The operations of one partition in a database's tables, so that any machine of a cluster can open it, and the last that
/// did is the one that writes.
/// </summary>
/// <remarks>
/// Promises beyond those of <see cref="IOperationLog"/>:
/// <list type="number">
/// <item>A group is one transaction: it is there whole or not at all.</item>
/// <item>The server's word decides: an error that it reports undoes the group (<see cref="LogRefusedException"/>). Silence and a broken
/// connection leave it open (<see cref="LogFailedException"/>); healing takes the head under a greater epoch, so that
/// what is still on its way to the server comes to nothing, and reads how far the log is committed.</item>
/// <item>With <see cref="Durability.Os"/> a commit does not wait for the server's disk: it survives this process' end, not the
/// server's.</item>
/// <item>A server that comes back with less than it acknowledged (restored, or failed over to a standby that was behind) is
/// never written to as if nothing had happened: <see cref="LogRowDamagedException"/>.</item>
/// </list>
/// Protocol: appends, flushes and healing take turns; readers and trimming run beside them on connections of their own.
/// The tables are described on <see cref="PostgresLogSchema"/>.
/// </remarks>
public sealed class PostgresLog : IOperationLog
{
    private readonly PostgresLogServer _server;
    private readonly string _partition;
    private readonly string _label;
    private readonly string _owner;
    private readonly LogOptions _options;
    private readonly PostgresLogHeads _heads;
    private readonly PostgresLogContents _contents;
    private readonly PostgresLogReader _reader;
    private readonly PostgresLogTrimming _trimming;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private Exception? _failure;
    private LogFencedException? _fenced;
    private volatile bool _disposed;

    private PostgresLog(PostgresLogServer server, string partition, string owner, LogOptions options)
    {
        _server = server;
        _partition = partition;
        _label = $"{partition} at {server.Name}";
        _owner = owner;
        _options = options;
        _heads = new PostgresLogHeads(server, partition, owner);
        PostgresLogRows rows = new(server, partition);
        PostgresLogHead head = _heads.Take(options);
        _contents = new PostgresLogContents(_label, head, rows.Places(head.First, head.Last));
        _reader = new PostgresLogReader(server, partition, _heads);
        _trimming = new PostgresLogTrimming(server, partition, owner, _contents, rows, options);
        options.Clock.Pass(head.Time);
    }

    /// <inheritdoc/>
    public Epoch Epoch => _contents.Head.Epoch;

    /// <summary>Always null: a server takes back by itself what was not committed.</summary>
    public LogCut? Cut => null;

    /// <inheritdoc/>
    public LogSequence FirstSequence => _contents.Head.First;

    /// <inheritdoc/>
    public LogSequence LastSequence => _contents.Head.Last;

    /// <inheritdoc/>
    public LogTime LastTime => _contents.Head.Time;

    /// <summary>Opens a partition's log at a server whose tables are there.</summary>
    internal static PostgresLog Open(PostgresLogServer server, string partition, LogOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfZero(options.FirstSequence.Value);
        if (options.Durability == Durability.Flush && !server.FlushesToDisk())
        {
            throw new LogNotDurableException(server.Name);
        }

        // No two openings have the same owner, wherever they are made.
        string owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
        return new PostgresLog(server, partition, owner, options);
    }

    /// <inheritdoc/>
    public async ValueTask<LogSequence> AppendGroupAsync(ReadOnlyMemory<ReadOnlyMemory<byte>> operations)
    {
        LogLimits.Check(operations.Span);
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            ThrowIfUnusable();
            return await AppendAsync(operations).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync()
    {
        if (_options.Durability == Durability.Flush)
        {
            return;
        }

        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            ThrowIfUnusable();
            await FlushNowAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask HealAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ThrowIfFenced();
            if (_failure is not null)
            {
                await HealNowAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public IEnumerable<LogRecord> ReadFrom(LogSequence first) => _reader.Read(first, _contents.LastForReadingFrom(first));

    /// <inheritdoc/>
    public long TailBytes(LogSequence from) => _contents.TailBytes(from);

    /// <inheritdoc/>
    /// <exception cref="LogFencedException">Another opening writes now, and it alone trims.</exception>
    public void TrimBefore(LogSequence keepFrom)
    {
        if (!_trimming.Run(keepFrom))
        {
            throw new LogFencedException(_label, Epoch, _heads.Look()?.Epoch ?? Epoch.None);
        }
    }

    /// <summary>Takes no more appends. The server is told nothing: the next opening takes over in any case.</summary>
    public void Dispose() => _disposed = true;

    private async Task<LogSequence> AppendAsync(ReadOnlyMemory<ReadOnlyMemory<byte>> operations)
    {
        PostgresLogHead before = _contents.Head;
        PostgresLogAppend append = new(_server, _partition, before, _options.Clock.Next());
        await using NpgsqlConnection connection = await ConnectAsync().ConfigureAwait(false);
        bool stored;
        try
        {
            stored = await append.SendAsync(connection, operations, _options.Durability).ConfigureAwait(false);
        }
        catch (NpgsqlException error) when (PostgresFailure.IsCertain(error, append.Answered))
        {
            _server.Forget(error);
            throw PostgresFailure.Refused(_server.Name, error, append.Bytes - before.Bytes);
        }
#pragma warning disable CA1031 // whatever went wrong, the group may have been sent
        catch (Exception error)
#pragma warning restore CA1031
        {
            throw Poison(error);
        }

        if (!stored)
        {
            throw await ExplainAsync(connection, before).ConfigureAwait(false);
        }

        LogSequence last = new(before.Last.Value + (ulong)operations.Length);
        _contents.Publish(last, append.Time, append.Bytes);
        return last;
    }

    /// <summary>Why the head did not move: it is another opening's, or it is not where this one left it. Nothing was stored.</summary>
    private async Task<Exception> ExplainAsync(NpgsqlConnection connection, PostgresLogHead mine)
    {
        PostgresLogHead? head;
        try
        {
            head = await _heads.LookAsync(connection).ConfigureAwait(false);
        }
        catch (NpgsqlException error)
        {
            _server.Forget(error);
            return PostgresFailure.Refused(_server.Name, error);
        }

        return head?.Owner == _owner
            ? Poison(Lost(mine.Last, head.Value))
            : _fenced = new LogFencedException(_label, mine.Epoch, head?.Epoch ?? Epoch.None);
    }

    private async Task FlushNowAsync()
    {
        await using NpgsqlConnection connection = await ConnectAsync().ConfigureAwait(false);
        bool mine;
        try
        {
            mine = await _heads.TouchDurablyAsync(connection).ConfigureAwait(false);
        }
        catch (NpgsqlException error)
        {
            // A server that went down may have come back without what did not wait for its disk.
            throw Poison(error);
        }

        if (!mine)
        {
            throw await ExplainAsync(connection, _contents.Head).ConfigureAwait(false);
        }
    }

    private async Task HealNowAsync()
    {
        PostgresLogHead known = _contents.Head;
        PostgresLogHead head;
        try
        {
            head = await _heads.TakeAgainAsync(_label, known.Epoch).ConfigureAwait(false);
        }
        catch (NpgsqlException error)
        {
            _server.Forget(error);
            throw PostgresFailure.Refused(_server.Name, error);
        }
        catch (LogFencedException fenced)
        {
            _fenced = fenced;
            throw;
        }

        if (head.Last < known.Last)
        {
            throw Lost(known.Last, head);
        }

        _contents.Replace(head);
        _options.Clock.Pass(head.Time);
        _failure = null;
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        try
        {
            return await _server.Source.OpenConnectionAsync().ConfigureAwait(false);
        }
        catch (NpgsqlException error)
        {
            _server.Forget(error);
            throw PostgresFailure.Refused(_server.Name, error);
        }
    }

    private LogRowDamagedException Lost(LogSequence last, PostgresLogHead head)
        => new(_server.Name, _partition, last, $"the log committed up to it under epoch {Epoch}", $"up to {head.Last} under epoch {head.Epoch}");

    private LogFailedException Poison(Exception error)
    {
        if (error is NpgsqlException failed)
        {
            _server.Forget(failed);
        }

        _failure = error;
        return new LogFailedException(_label, LastSequence, error);
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ThrowIfFenced();
        if (_failure is { } failure)
        {
            throw new LogFailedException(_label, LastSequence, failure);
        }
    }

    private void ThrowIfFenced()
    {
        if (_fenced is { } fenced)
        {
            throw new LogFencedException(_label, fenced.Mine, fenced.Current);
        }
    }
}
