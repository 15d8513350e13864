using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Changes;
using OrleansVectors.Partitions.Counting;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Writing;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Collections.Local;

/// <summary>
/// A partition in this process. Reads run on the caller's thread: they are short, or the caller wants the answer. One that
/// nobody uses may be unloaded: it holds no memory and no open file then, and the next call brings it back.
/// </summary>
/// <remarks>
/// Protocol: a call enters (and opens the partition if need be), and leaves. Unloading takes the partition away from new
/// calls, which wait for it, and closes it; it is not done while a call is inside. One opening or unloading at a time.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose of.")]
internal sealed class LocalPartition : IPartition, IAsyncDisposable
{
    private readonly PartitionOpening _opening;
    private readonly SemaphoreSlim _change = new(1, 1);
    private readonly Lock _gate = new();

    // All under the gate.
    private Partition? _open;
    private int _inside;
    private bool _ended;
    private bool _isCache;
    private long _lastUse = Environment.TickCount64;

    private LocalPartition(PartitionOpening opening, Partition? open)
    {
        _opening = opening;
        _open = open;
    }

    /// <summary>The partition while it is loaded, for what only its own machine does with it; null otherwise.</summary>
    public Partition? Loaded
    {
        get
        {
            lock (_gate)
            {
                return _open;
            }
        }
    }

    /// <summary>How long nobody has used it; figures and samples do not count.</summary>
    public TimeSpan Idle
    {
        get
        {
            lock (_gate)
            {
                return _inside > 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Environment.TickCount64 - _lastUse);
            }
        }
    }

    /// <summary>The last operation when it was unloaded last, so of now while it is not loaded; null when that has not been.</summary>
    public ulong? LastSequenceWhenUnloaded { get; private set; }

    public bool IsLoaded => Loaded is not null;

    /// <summary>Bytes of its files on this machine's disk.</summary>
    public long DiskBytes => _opening.DiskBytes();

    /// <summary>Opens a partition.</summary>
    public static async Task<LocalPartition> OpenAsync(PartitionOpening opening, CancellationToken cancellationToken = default)
        => new(opening, await opening.OpenAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>A partition that the first call opens.</summary>
    public static LocalPartition Unloaded(PartitionOpening opening) => new(opening, open: null);

    /// <summary>Closes the partition until the next call, if nobody has used it for a while.</summary>
    /// <returns>Whether it was closed.</returns>
    public async Task<bool> UnloadAsync(TimeSpan idleMin)
    {
        await _change.WaitAsync().ConfigureAwait(false);
        try
        {
            Partition closing;
            lock (_gate)
            {
                if (_open is null || _ended || Idle < idleMin)
                {
                    return false;
                }

                closing = _open;
                _open = null;
            }

            await closing.DisposeAsync().ConfigureAwait(false);
            LastSequenceWhenUnloaded = closing.LastSequence;
            _isCache = closing.IsCache;
            return true;
        }
        finally
        {
            _change.Release();
        }
    }

    /// <summary>Deletes the folder of an unloaded partition that holds nothing which is not elsewhere too.</summary>
    /// <returns>False when it is loaded again, or its folder is needed.</returns>
    public async Task<bool> EvictAsync()
    {
        await _change.WaitAsync().ConfigureAwait(false);
        try
        {
            bool evicts = !IsLoaded && _isCache && !_ended;
            if (evicts)
            {
                _opening.DeleteFolder();
            }

            return evicts;
        }
        finally
        {
            _change.Release();
        }
    }

    /// <summary>Loads the partition and keeps it loaded until the hold is disposed of.</summary>
    public async Task<PartitionHold> HoldAsync() => new(await EnterAsync(isUse: false).ConfigureAwait(false), Leave);

    /// <summary>Does something with the loaded partition, which stays so until it ends.</summary>
    private async Task<T> UseAsync<T>(Func<Partition, Task<T>> action, bool isUse = true)
    {
        Partition partition = await EnterAsync(isUse).ConfigureAwait(false);
        try
        {
            return await action(partition).ConfigureAwait(false);
        }
        catch (VectorMismatchException mismatch)
        {
            throw mismatch.ExpectedDim is { } expected
                ? InvalidInputException.WrongDimension(expected, mismatch.ActualDim)
                : InvalidInputException.UnknownVector(mismatch.Name);
        }
        catch (PartitionException failure)
        {
            throw Unavailable(failure);
        }
        finally
        {
            Leave();
        }
    }

    public Task<OperationOutcome> WriteAsync(ReadOnlyMemory<byte> operations, bool waitUntilVisible)
        => UseAsync(partition => partition.WriteAsync(operations, waitUntilVisible));

    public Task<IReadOnlyList<PointRecord>> GetAsync(IReadOnlyList<PointId> ids, PointProjection projection)
        => Answer(partition => partition.Get(ids, projection));

    public Task<IReadOnlyList<PointId>> MissingAsync(IReadOnlyList<PointId> ids)
        => Answer(partition => partition.Missing(ids));

    public Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken)
        => Answer(partition => partition.Scroll(request, cancellationToken));

    public Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken)
        => Answer(partition => partition.Count(filter, cancellationToken));

    public Task<long[]> CountHavingAsync(
        IReadOnlyList<(PayloadPath Key, PayloadValueTest Test)> fields, CancellationToken cancellationToken)
        => Answer(partition => partition.CountHaving(fields, cancellationToken));

    public Task<IReadOnlyDictionary<FacetValue, long>> FacetAsync(
        PayloadPath key, Filter? filter, CancellationToken cancellationToken)
        => Answer(partition => partition.Facet(key, filter, cancellationToken));

    public Task<SearchAnswer> SearchAsync(SearchRequest request, CancellationToken cancellationToken)
        => Answer(partition => partition.Search(request, cancellationToken));

    public async IAsyncEnumerable<PartitionChange> ChangesAsync(ulong after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Partition partition = await EnterAsync(isUse: true).ConfigureAwait(false);
        IAsyncEnumerator<PartitionChange> changes = partition.ChangesAsync(new LogSequence(after), cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (await MoveAsync().ConfigureAwait(false))
            {
                yield return changes.Current;
            }
        }
        finally
        {
            await changes.DisposeAsync().ConfigureAwait(false);
            Leave();
        }

        async ValueTask<bool> MoveAsync()
        {
            try
            {
                return await changes.MoveNextAsync().ConfigureAwait(false);
            }
            catch (ChangesGoneException gone)
            {
                throw new ChangesUnavailableException($"{gone.After}", $"{gone.OldestAfter}", $"{gone.Last}");
            }
            catch (PartitionException failure)
            {
                throw Unavailable(failure);
            }
        }
    }

    public Task<(ulong Oldest, ulong Newest)> ChangePositionsAsync()
        => Answer(partition => (partition.ChangePositions.Oldest.Value, partition.ChangePositions.Newest.Value));

    public Task ChangeSchemaAsync(PartitionSchema schema)
        => UseAsync(async partition =>
        {
            await partition.ChangeSchemaAsync(schema).ConfigureAwait(false);
            return true;
        });

    public Task<PartitionStatistics> StatisticsAsync() => Answer(partition => partition.Statistics, isUse: false);

    /// <summary>Closes it for good without caring for its files, which are going to be deleted.</summary>
    public ValueTask AbandonAsync() => EndAsync(static partition => partition.AbandonAsync());

    public ValueTask DisposeAsync() => EndAsync(static partition => partition.DisposeAsync());

    private async ValueTask EndAsync(Func<Partition, ValueTask> close)
    {
        await _change.WaitAsync().ConfigureAwait(false);
        try
        {
            Partition? closing;
            lock (_gate)
            {
                _ended = true;
                closing = _open; // calls inside are told by the partition itself
            }

            if (closing is not null)
            {
                await close(closing).ConfigureAwait(false);
            }
        }
        finally
        {
            _change.Release();
        }
    }

    private Task<T> Answer<T>(Func<Partition, T> read, bool isUse = true) => UseAsync(
        partition =>
    {
        try
        {
            return Task.FromResult(read(partition));
        }
        catch (OperationCanceledException cancelled)
        {
            return Task.FromCanceled<T>(cancelled.CancellationToken);
        }
    },
        isUse);

    private async ValueTask<Partition> EnterAsync(bool isUse)
    {
        if (TryEnter(isUse) is { } open)
        {
            return open;
        }

        await _change.WaitAsync().ConfigureAwait(false);
        try
        {
            if (TryEnter(isUse) is { } meanwhile)
            {
                return meanwhile;
            }

            Partition opened;
            try
            {
                opened = await _opening.OpenAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or PartitionException or Numerics.Memory.NativeMemoryException)
            {
                throw new PartitionUnavailableException($"the collection is not loaded and cannot be: {failure.Message}", failure);
            }

            lock (_gate)
            {
                _open = opened;
                Enter(isUse);
                return opened;
            }
        }
        finally
        {
            _change.Release();
        }
    }

    private Partition? TryEnter(bool isUse)
    {
        lock (_gate)
        {
            if (_ended && _open is null)
            {
                throw new PartitionUnavailableException(new PartitionClosedException().Message);
            }

            if (_open is not null)
            {
                Enter(isUse);
            }

            return _open;
        }
    }

    /// <summary>Under the gate.</summary>
    private void Enter(bool isUse)
    {
        _inside++;
        _lastUse = isUse ? Environment.TickCount64 : _lastUse;
    }

    private void Leave()
    {
        lock (_gate)
        {
            _inside--;
        }
    }

    private static OrleansVectorsException Unavailable(PartitionException failure)
        => failure is MemoryBudgetException or DiskFullException or ReclaimingBacklogException
            ? new OutOfRoomException(failure.Message, failure)
            : new PartitionUnavailableException(failure.Message, failure);
}
