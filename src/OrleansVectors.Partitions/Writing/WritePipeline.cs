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
/// 3. A write that the log refuses for lack of space fails alone and the pipeline goes on; any other failure of the log,
///    and any failure of the applier, stops the pipeline: all later writes fail, reads go on. An action between two
///    operations that fails concerns its caller alone.
/// </remarks>
internal sealed class WritePipeline : IAsyncDisposable
{
    /// <summary>Bytes of operations that may wait to be logged or applied.</summary>
    public const long WaitingBytesMax = 256L << 20;

    private const int GroupOperationsMax = 1024;
    private const long GroupBytesMax = 32L << 20;
    private const int GroupsInFlightMax = 2;
    private const string DurableNotApplied = "the write is in the log and shows when the partition is opened again";

    private readonly LocalLog _log;
    private readonly RoomBudget _room;
    private readonly Func<ulong, ReadOnlyMemory<byte>, Action<ulong>?, OperationOutcome> _apply;
    private readonly ByteBudget _budget = new(WaitingBytesMax);
    private readonly Channel<Pending> _arrivals = Channel.CreateUnbounded<Pending>(new() { SingleReader = true });
    private readonly Channel<List<Pending>> _durable = Channel.CreateBounded<List<Pending>>(
        new BoundedChannelOptions(GroupsInFlightMax) { SingleReader = true, SingleWriter = true });

    private readonly Task _loops;
    private volatile Exception? _failure;

    public WritePipeline(LocalLog log, RoomBudget room, Func<ulong, ReadOnlyMemory<byte>, Action<ulong>?, OperationOutcome> apply)
    {
        _log = log;
        _room = room;
        _apply = apply;
        _loops = Task.WhenAll(Task.Run(CommitAsync), Task.Run(ApplyAsync));
    }

    /// <summary>Why the pipeline has stopped; null while it works.</summary>
    public Exception? Failure => _failure;

    /// <summary>Logs and applies an operation list.</summary>
    /// <param name="operation">Encoded operations; must not change until the task ends.</param>
    /// <param name="waitUntilVisible">False ends the task when the operation is durable, before it is applied.</param>
    /// <param name="need">What was taken from the room budget for it, given back when it has been applied or came to nothing.</param>
    /// <param name="also">Done by the applier as of the same sequence, behind the operations; null for nothing. It must not fail.</param>
    /// <exception cref="DiskFullException">The disk is full; nothing was stored.</exception>
    /// <exception cref="PartitionFailedException">The pipeline has stopped.</exception>
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
        List<ReadOnlyMemory<byte>> operations = [];
        while (await arrivals.WaitToReadAsync().ConfigureAwait(false))
        {
            List<Pending> group = [];
            operations.Clear();
            for (long bytes = 0; group.Count < GroupOperationsMax && bytes < GroupBytesMax && arrivals.TryRead(out Pending? next);)
            {
                group.Add(next);
                bytes += next.Operation.Length;
                if (next.Between is null)
                {
                    operations.Add(next.Operation);
                }
            }

            if (_failure is { } failure)
            {
                Fail(group, failure, "nothing of the write was stored");
                continue;
            }

            try
            {
                Log(group, operations);
            }
            catch (LogDiskFullException full)
            {
                Fail(group.FindAll(static pending => pending.Between is null), full, "nothing of the write was stored");
                group.RemoveAll(static pending => pending.Between is null);
            }
#pragma warning disable CA1031 // whatever the log throws, the writers must hear of it and the loop must not die silently
            catch (Exception error)
#pragma warning restore CA1031
            {
                _failure = error;
                Fail(group, error, "whether the write is stored shows when the partition is opened again");
                continue;
            }

            await _durable.Writer.WriteAsync(group).ConfigureAwait(false);
        }

        _durable.Writer.Complete();
    }

    private void Log(List<Pending> group, List<ReadOnlyMemory<byte>> operations)
    {
        if (operations.Count == 0)
        {
            return;
        }

        ulong last = _log.AppendGroup([.. operations]).Value;
        ulong sequence = last - (ulong)operations.Count;
        foreach (Pending pending in group)
        {
            if (pending.Between is null)
            {
                pending.Sequence = ++sequence;
                if (!pending.WaitUntilVisible)
                {
                    pending.Done.TrySetResult(new OperationOutcome(sequence, Refusal: null));
                }
            }
        }
    }

    private async Task ApplyAsync()
    {
        await foreach (List<Pending> group in _durable.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            foreach (Pending pending in group)
            {
                if (_failure is { } failure)
                {
                    Fail([pending], failure, DurableNotApplied);
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
                    _failure = error;
                    Fail([pending], error, DurableNotApplied);
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
        _budget.Return(pending.Operation.Length);
        _room.Return(pending.Need);
    }

    private void Fail(List<Pending> group, Exception cause, string consequence)
    {
        foreach (Pending pending in group)
        {
            Return(pending);
            string message = $"{consequence}: {cause.Message}";
            pending.Done.TrySetException(cause is LogDiskFullException
                ? new DiskFullException(message, cause)
                : new PartitionFailedException(message, cause));
        }
    }

    private sealed record Pending(
        ReadOnlyMemory<byte> Operation, bool WaitUntilVisible, OperationNeed Need, Action? Between, Action<ulong>? Also)
    {
        public TaskCompletionSource<OperationOutcome> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ulong Sequence { get; set; }
    }
}
