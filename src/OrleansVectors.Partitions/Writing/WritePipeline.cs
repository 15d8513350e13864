using System.Threading.Channels;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Indexing;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Partitions.Writing;

/// <summary>
/// Log, then apply, then acknowledge. Two loops: one writes what has gathered to the log with a single flush, the other
/// applies what is durable; while one group is applied the next is flushed.
/// </summary>
/// <remarks>
/// 1. Order is the log's order: sequences are given by the committer, and the applier takes groups as they were logged.
/// 2. Nothing is applied before it is durable, so no reader ever sees what a crash could take back.
/// 3. A write that the log refuses fails alone and the pipeline goes on. After any other failure of the log writes fail
///    until it has been healed, which is tried again and again; what then turns out to have survived of the group that
///    failed is applied first. Reads, and actions between operations, go on throughout. A failure of the applier, and the
///    loss of the log to another opening, stop the pipeline. An action that fails concerns its caller alone.
/// </remarks>
internal sealed class WritePipeline : IAsyncDisposable
{
    /// <summary>Bytes of operations that may wait to be logged or applied.</summary>
    public const long WaitingBytesMax = 256L << 20;

    private const int GroupOperationsMax = 1024;
    private const long GroupBytesMax = 32L << 20;
    private const int GroupsInFlightMax = 2;
    private const string DurableNotApplied = "the write is in the log and shows when the partition is opened again";
    private const string NothingStored = "nothing of the write was stored";
    private const string Unknown = "whether the write is stored shows when the log can be written again";

    private static readonly TimeSpan FirstHealing = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestHealing = TimeSpan.FromSeconds(2);

    private readonly IOperationLog _log;
    private readonly RoomBudget _room;
    private readonly Func<ulong, ReadOnlyMemory<byte>, Action<ulong>?, OperationOutcome> _apply;
    private readonly ByteBudget _budget = new(WaitingBytesMax);
    private readonly Channel<Pending> _arrivals = Channel.CreateUnbounded<Pending>(new() { SingleReader = true });
    private readonly Channel<List<Pending>> _durable = Channel.CreateBounded<List<Pending>>(
        new BoundedChannelOptions(GroupsInFlightMax) { SingleReader = true, SingleWriter = true });

    private readonly Task _loops;
    private volatile Exception? _failure;

    // The applier's alone: what it could not apply, so that nothing is applied after it.
    private Exception? _stopped;

    // The committer's alone, but that all may read why the log fails.
    private readonly List<OperationNeed> _doubtful = [];
    private LogSequence _lastLogged;
    private volatile Exception? _logFailure;
    private TimeSpan _healing = FirstHealing;
    private long _appliedTime;

    public WritePipeline(IOperationLog log, RoomBudget room, Func<ulong, ReadOnlyMemory<byte>, Action<ulong>?, OperationOutcome> apply)
    {
        _log = log;
        _room = room;
        _apply = apply;
        _lastLogged = log.LastSequence;
        _appliedTime = log.LastTime.Microseconds;
        _loops = Task.WhenAll(Task.Run(CommitAsync), Task.Run(ApplyAsync));
    }

    /// <summary>Why writes fail, until the log is healed or for good; null while they do not.</summary>
    public Exception? Failure => _failure ?? _logFailure;

    /// <summary>When the last operation that was applied was accepted. Exact for actions between operations.</summary>
    public LogTime AppliedTime => new(Interlocked.Read(ref _appliedTime));

    /// <summary>Logs and applies an operation list.</summary>
    /// <param name="operation">Encoded operations; must not change until the task ends.</param>
    /// <param name="waitUntilVisible">False ends the task when the operation is durable, before it is applied.</param>
    /// <param name="need">What was taken from the room budget for it, given back when it has been applied or came to nothing.</param>
    /// <param name="also">Done by the applier as of the same sequence, behind the operations; null for nothing. It must not fail.</param>
    /// <exception cref="DiskFullException">The disk is full; nothing was stored.</exception>
    /// <exception cref="PartitionFailedException">The log cannot be written, or the pipeline has stopped.</exception>
    /// <exception cref="PartitionClosedException">The partition is being closed.</exception>
    public async Task<OperationOutcome> WriteAsync(
        ReadOnlyMemory<byte> operation, bool waitUntilVisible, OperationNeed need = default, Action<ulong>? also = null)
    {
        if (operation.Length > LogLimits.OperationBytesMax)
        {
            _room.Return(need);
            throw new OperationTooLongException(operation.Length, LogLimits.OperationBytesMax);
        }

        await _budget.TakeAsync(operation.Length).ConfigureAwait(false);
        return await EnqueueAsync(new Pending(operation, waitUntilVisible, need, Between: null, also)).ConfigureAwait(false);
    }

    /// <summary>Runs an action on the applier between two operations: it sees the state exactly as of one sequence.</summary>
    public Task RunBetweenOperationsAsync(Action action)
        => EnqueueAsync(new Pending(default, WaitUntilVisible: true, Need: default, action, Also: null));

    /// <summary>Does the same while no indexing goes on.</summary>
    public async Task RunWhilePausedAsync(PartitionIndexing indexing, Action action)
    {
        indexing.Pause();
        try
        {
            await RunBetweenOperationsAsync(action).ConfigureAwait(false);
        }
        finally
        {
            indexing.Resume();
        }
    }

    /// <summary>Takes no more writes, finishes those that wait, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _arrivals.Writer.TryComplete();
        await _loops.ConfigureAwait(false);
    }

    private Task<OperationOutcome> EnqueueAsync(Pending pending)
    {
        if (!_arrivals.Writer.TryWrite(pending))
        {
            Return(pending);
            throw new PartitionClosedException();
        }

        return pending.Done.Task;
    }

    private async Task CommitAsync()
    {
        ChannelReader<Pending> arrivals = _arrivals.Reader;
        while (await arrivals.WaitToReadAsync().ConfigureAwait(false))
        {
            List<Pending> group = Gather(arrivals);
            if (_logFailure is not null && group.Exists(static pending => pending.IsHealing))
            {
                await HealAsync().ConfigureAwait(false);
            }

            group.RemoveAll(static pending => pending.IsHealing);
            if ((_failure ?? _logFailure) is { } failure)
            {
                FailWrites(group, failure, NothingStored);
            }
            else
            {
                await LogAsync(group).ConfigureAwait(false);
            }

            if (group.Count > 0)
            {
                await _durable.Writer.WriteAsync(group).ConfigureAwait(false);
            }
        }

        _doubtful.ForEach(_room.Return);
        _durable.Writer.Complete();
    }

    private static List<Pending> Gather(ChannelReader<Pending> arrivals)
    {
        List<Pending> group = [];
        for (long bytes = 0; group.Count < GroupOperationsMax && bytes < GroupBytesMax && arrivals.TryRead(out Pending? next);)
        {
            group.Add(next);
            bytes += next.Operation.Length;
        }

        return group;
    }

    /// <summary>Appends the group's operations; those that come to nothing are failed and leave the group.</summary>
    private async Task LogAsync(List<Pending> group)
    {
        ReadOnlyMemory<byte>[] operations = [.. group.Where(static pending => pending.IsWrite).Select(static pending => pending.Operation)];
        if (operations.Length == 0)
        {
            return;
        }

        try
        {
            LogSequence last = await _log.AppendGroupAsync(operations).ConfigureAwait(false);
            _lastLogged = last;
            Number(group, last.Value - (ulong)operations.Length, _log.LastTime);
        }
        catch (LogRefusedException refused)
        {
            FailWrites(group, refused, NothingStored);
        }
        catch (LogFencedException fenced)
        {
            _failure = fenced;
            FailWrites(group, fenced, NothingStored);
        }
#pragma warning disable CA1031 // whatever the log throws, the writers must hear of it and the loop must not die silently
        catch (Exception error)
#pragma warning restore CA1031
        {
            // What survives may come back, and its room must be there then.
            _doubtful.AddRange(group.Where(static pending => pending.IsWrite).Select(static pending => pending.Need));
            _logFailure = error;
            _healing = FirstHealing;
            FailWrites(group, error, Unknown, returnsRoom: false);
            HealLater();
        }
    }

    private static void Number(List<Pending> group, ulong sequence, LogTime time)
    {
        foreach (Pending pending in group.Where(static pending => pending.IsWrite))
        {
            pending.Sequence = ++sequence;
            pending.Time = time;
            if (!pending.WaitUntilVisible)
            {
                pending.Done.TrySetResult(new OperationOutcome(sequence, Refusal: null));
            }
        }
    }

    private void HealLater() => _ = Task.Delay(_healing).ContinueWith(
        _ => _arrivals.Writer.TryWrite(Pending.Healing), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>Tries to make the log usable again; then applies what survived of the group that failed, before anything new.</summary>
    private async Task HealAsync()
    {
        try
        {
            await _log.HealAsync().ConfigureAwait(false);
            List<Pending> survivors = [];
            foreach (LogRecord record in _log.ReadFrom(_lastLogged.Next))
            {
                OperationNeed need = survivors.Count < _doubtful.Count ? _doubtful[survivors.Count] : default;
                survivors.Add(new Pending(record.Operation.ToArray(), WaitUntilVisible: false, need, Between: null, Also: null)
                {
                    BudgetBytes = 0, // waiting for it here would wait for what only this loop can let go on
                    Sequence = record.Sequence.Value,
                    Time = record.Time,
                });
            }

            _doubtful.Skip(survivors.Count).ToList().ForEach(_room.Return);
            _doubtful.Clear();
            _logFailure = null;
            if (survivors.Count > 0)
            {
                _lastLogged = new LogSequence(survivors[^1].Sequence);
                await _durable.Writer.WriteAsync(survivors).ConfigureAwait(false);
            }
        }
        catch (LogFencedException fenced)
        {
            _failure = fenced;
        }
#pragma warning disable CA1031 // as long as it fails, writes fail, and it is tried again
        catch (Exception error)
#pragma warning restore CA1031
        {
            _logFailure = error;
            _healing = _healing * 2 < LongestHealing ? _healing * 2 : LongestHealing;
            HealLater();
        }
    }

    private async Task ApplyAsync()
    {
        await foreach (List<Pending> group in _durable.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            foreach (Pending pending in group)
            {
                if (_stopped is { } failure)
                {
                    Fail(pending, failure, DurableNotApplied);
                    continue;
                }

                try
                {
                    Apply(pending);
                }
#pragma warning disable CA1031 // an operation that cannot be applied stops the partition, not the process
                catch (Exception error)
#pragma warning restore CA1031
                {
                    _stopped = error;
                    _failure = error;
                    Fail(pending, error, DurableNotApplied);
                }
            }
        }
    }

    private void Apply(Pending pending)
    {
        if (pending.Between is { } action)
        {
            Run(action, pending.Done);
            return;
        }

        OperationOutcome outcome = _apply(pending.Sequence, pending.Operation, pending.Also);
        Interlocked.Exchange(ref _appliedTime, pending.Time.Microseconds);
        Return(pending);
        pending.Done.TrySetResult(outcome);
    }

    private static void Run(Action action, TaskCompletionSource<OperationOutcome> done)
    {
        try
        {
            action();
            done.TrySetResult(default);
        }
#pragma warning disable CA1031 // the caller hears of it; it has nothing to do with the writes before and after
        catch (Exception error)
#pragma warning restore CA1031
        {
            done.TrySetException(error);
        }
    }

    private void Return(Pending pending)
    {
        _budget.Return(pending.BudgetBytes);
        _room.Return(pending.Need);
    }

    private void FailWrites(List<Pending> group, Exception cause, string consequence, bool returnsRoom = true)
    {
        foreach (Pending pending in group.Where(static pending => pending.IsWrite))
        {
            Fail(pending, cause, consequence, returnsRoom);
        }

        group.RemoveAll(static pending => pending.IsWrite);
    }

    private void Fail(Pending pending, Exception cause, string consequence, bool returnsRoom = true)
    {
        _budget.Return(pending.BudgetBytes);
        if (returnsRoom)
        {
            _room.Return(pending.Need);
        }

        string message = $"{consequence}: {cause.Message}";
        pending.Done.TrySetException(cause is LogDiskFullException
            ? new DiskFullException(message, cause)
            : new PartitionFailedException(message, cause));
    }

    private sealed record Pending(
        ReadOnlyMemory<byte> Operation, bool WaitUntilVisible, OperationNeed Need, Action? Between, Action<ulong>? Also)
    {
        /// <summary>Asks the committer to heal the log.</summary>
        public static Pending Healing { get; } = new(default, WaitUntilVisible: false, Need: default, Between: null, Also: null);

        public bool IsHealing => ReferenceEquals(this, Healing);

        public bool IsWrite => Between is null && !IsHealing;

        /// <summary>What was taken from the budget of waiting bytes.</summary>
        public long BudgetBytes { get; init; } = Operation.Length;

        public TaskCompletionSource<OperationOutcome> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ulong Sequence { get; set; }

        public LogTime Time { get; set; }
    }
}
