using System.Diagnostics;
using System.Threading.Channels;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Indexing;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Vectors;
using OrleansVectors.Partitions.Writing;

namespace OrleansVectors.Partitions.Reclaiming;

/// <summary>
/// Runs behind the writes of a partition and gives back what ended versions hold: ordinals and payload pages for new
/// versions, and memory and disk when much has been deleted.
/// </summary>
/// <remarks>
/// A pass begins when somebody says that something has ended or that an index has given something up:
/// 1. a graph that is mostly dead is begun anew: building it again costs less than taking the dead out one by one;
/// 2. ended versions are freed (see <see cref="Reclaimer"/>), with pauses while readers are inside that may see them;
/// 3. when many ordinals are free and indexing is at rest, live versions move from the highest into the lowest, some at a
///    time, each time as an empty operation list of its own in the log: so every reader sees each of them exactly once.
///    A replay need not move them again;
/// 4. vectors that are to lie on disk, or no longer, are moved there;
/// 5. when much less is in use than the last checkpoint stored, another is written.
/// </remarks>
internal sealed class SpaceKeeper : IAsyncDisposable
{
    /// <summary>Rows below which nothing is moved, and</summary>
    private const uint MoveRowsMin = 1024;

    /// <summary>versions are moved when more than one row in this many is free.</summary>
    private const int MoveFreeShare = 8;

    /// <summary>Versions moved at a time: searches scan them until they are indexed.</summary>
    private const int MovePoints = 1024;

    /// <summary>Steps that wait for readers before the other work has its turn.</summary>
    private const int WaitsMax = 50;

    /// <summary>What has ended gathers for so long when it is not much.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(25);

    /// <summary>Vectors move between memory and disk for so long between two operations.</summary>
    private static readonly TimeSpan MovingSlice = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(200);

    private readonly PartitionState _state;
    private readonly Reclaimer _reclaimer;
    private readonly OperationApplier _applier;
    private readonly WritePipeline _writes;
    private readonly PartitionIndexing _indexing;
    private readonly Checkpointer _checkpointer;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private volatile Exception? _failure;

    public SpaceKeeper(
        PartitionState state,
        Reclaimer reclaimer,
        OperationApplier applier,
        WritePipeline writes,
        PartitionIndexing indexing,
        Checkpointer checkpointer)
    {
        _state = state;
        _reclaimer = reclaimer;
        _applier = applier;
        _writes = writes;
        _indexing = indexing;
        _checkpointer = checkpointer;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Why the last pass failed; null when it did not.</summary>
    public Exception? Failure => _failure;

    /// <summary>Says that something may have become free. Cheap.</summary>
    public void Notify() => _wake.Writer.TryWrite(true);

    /// <summary>Says that an operation was applied. The applier's thread only.</summary>
    public void NotifyApplied()
    {
        if (_reclaimer.IsDue)
        {
            Notify();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _wake.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested && await _wake.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            _wake.Reader.TryRead(out _);
            try
            {
                if (!_reclaimer.IsDue)
                {
                    await Task.Delay(Gathering, _stop.Token).ConfigureAwait(false);
                }

                await PlaceAsync().ConfigureAwait(false);
                await RebuildMostlyDeadAsync().ConfigureAwait(false);
                await ReclaimAsync().ConfigureAwait(false);
                await MoveAsync().ConfigureAwait(false);
                long inUse = 0;
                await _writes.RunBetweenOperationsAsync(() => inUse = StateLayout.DataParts(_state).Sum(part => part.UsedBytes)).ConfigureAwait(false);
                _checkpointer.NotifyInUse(inUse);
                _failure = null;
            }
            catch (PartitionClosedException)
            {
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // kept for whoever asks: nothing is lost but space, and the next pass tries again
            catch (Exception error)
#pragma warning restore CA1031
            {
                _failure = error;
            }
        }
    }

    /// <summary>Moves vectors that lie in the wrong place, in memory or on disk, in slices between operations.</summary>
    public async Task PlaceAsync()
    {
        for (bool more = true; more && !_stop.IsCancellationRequested;)
        {
            await _writes.RunBetweenOperationsAsync(() =>
            {
                long start = Stopwatch.GetTimestamp();
                do
                {
                    more = MoveOne();
                }
                while (more && Stopwatch.GetElapsedTime(start) < MovingSlice);
            }).ConfigureAwait(false);
        }
    }

    private bool MoveOne()
    {
        foreach (VectorField field in _state.Fields)
        {
            if (field.Rows.Region.MoveNext())
            {
                return true;
            }
        }

        return false;
    }

    private async Task RebuildMostlyDeadAsync()
    {
        if (_state.Fields.Any(field => field.IsMostlyDead))
        {
            await _checkpointer.ExclusiveAsync(() => _writes.RunWhilePausedAsync(_indexing, BeginAnew)).ConfigureAwait(false);
        }
    }

    private void BeginAnew()
    {
        foreach (VectorField field in _state.Fields)
        {
            foreach (IDisposable old in field.IsMostlyDead ? field.ReplaceIndex() : [])
            {
                _state.Retire(old);
            }
        }
    }

    private async Task ReclaimAsync()
    {
        await _writes.RunBetweenOperationsAsync(_reclaimer.Begin).ConfigureAwait(false);
        TimeSpan wait = FirstWait;
        for (int waits = 0; ;)
        {
            _stop.Token.ThrowIfCancellationRequested();
            ReclaimProgress progress = default;
            await _writes.RunBetweenOperationsAsync(() => progress = _reclaimer.Step()).ConfigureAwait(false);
            switch (progress)
            {
                case ReclaimProgress.Done:
                    return;
                case ReclaimProgress.WaitsForReaders:
                    await Task.Delay(wait, _stop.Token).ConfigureAwait(false);
                    if (++waits > WaitsMax)
                    {
                        Notify();
                        return;
                    }

                    wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
                    break;
                default:
                    wait = FirstWait;
                    break;
            }
        }
    }

    private async Task MoveAsync()
    {
        ReadOnlyMemory<byte> nothing = OperationEncoder.Encode([], new(_state.Fields.Select(field => field.Schema).ToArray()));
        bool moved = false;
        while (ShouldMove() && !_stop.IsCancellationRequested)
        {
            int points = 0;
            await _writes.WriteAsync(nothing, waitUntilVisible: true, also: sequence => points = _applier.Relocate(sequence, MovePoints)).ConfigureAwait(false);
            if (points == 0)
            {
                break;
            }

            moved = true;
            await ReclaimAsync().ConfigureAwait(false);
        }

        if (moved)
        {
            await _writes.RunBetweenOperationsAsync(() =>
            {
                foreach (VectorField field in _state.Fields)
                {
                    field.Multi?.Trim(always: true);
                }
            }).ConfigureAwait(false);
            foreach (VectorField field in _state.Fields)
            {
                if (field.Index is { } index)
                {
                    index.IsRemovalUnfinished = true; // the few that are dead at the end keep all of it in use
                }
            }

            _indexing.Notify();
        }
    }

    /// <summary>
    /// While vectors wait for a graph nothing is moved, since that makes more wait; but for graphs that have hardly begun:
    /// then moving first spares inserting twice.
    /// </summary>
    private bool ShouldMove()
    {
        PointTable table = _state.Table;
        return table.Count > MoveRowsMin
            && table.Free.Count > table.Count / MoveFreeShare
            && (!_indexing.HasUnindexed || _state.Fields.All(field => field.Index is not { } index || index.Count < field.LiveVectors / 2));
    }
}
