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

/// <summary>A partition in this process. Reads run on the caller's thread: they are short, or the caller wants the answer.</summary>
internal sealed class LocalPartition(Partition partition) : IPartition, IAsyncDisposable
{
    /// <summary>The partition itself, for what only its own machine does with it.</summary>
    public Partition Partition => partition;

    public async Task<OperationOutcome> WriteAsync(ReadOnlyMemory<byte> operations, bool waitUntilVisible)
    {
        try
        {
            return await partition.WriteAsync(operations, waitUntilVisible).ConfigureAwait(false);
        }
        catch (PartitionException failure)
        {
            throw Unavailable(failure);
        }
    }

    public Task<IReadOnlyList<PointRecord>> GetAsync(IReadOnlyList<PointId> ids, PointProjection projection)
        => Answer(() => partition.Get(ids, projection));

    public Task<IReadOnlyList<PointId>> MissingAsync(IReadOnlyList<PointId> ids)
        => Answer(() => partition.Missing(ids));

    public Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken)
        => Answer(() => partition.Scroll(request, cancellationToken));

    public Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken)
        => Answer(() => partition.Count(filter, cancellationToken));

    public Task<long[]> CountHavingAsync(
        IReadOnlyList<(PayloadPath Key, PayloadValueTest Test)> fields, CancellationToken cancellationToken)
        => Answer(() => partition.CountHaving(fields, cancellationToken));

    public Task<IReadOnlyDictionary<FacetValue, long>> FacetAsync(
        PayloadPath key, Filter? filter, CancellationToken cancellationToken)
        => Answer(() => partition.Facet(key, filter, cancellationToken));

    public Task<SearchAnswer> SearchAsync(SearchRequest request, CancellationToken cancellationToken)
        => Answer(() => partition.Search(request, cancellationToken));

    public async IAsyncEnumerable<PartitionChange> ChangesAsync(ulong after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerator<PartitionChange> changes = partition.ChangesAsync(new LogSequence(after), cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (changes.ConfigureAwait(false))
        {
            while (await MoveAsync().ConfigureAwait(false))
            {
                yield return changes.Current;
            }
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
        => Answer(() => (partition.ChangePositions.Oldest.Value, partition.ChangePositions.Newest.Value));

    public async Task ChangeSchemaAsync(PartitionSchema schema)
    {
        try
        {
            await partition.ChangeSchemaAsync(schema).ConfigureAwait(false);
        }
        catch (PartitionException failure)
        {
            throw Unavailable(failure);
        }
    }

    public Task<PartitionStatistics> StatisticsAsync() => Answer(() => partition.Statistics);

    /// <summary>Closes it without caring for its files, which are going to be deleted.</summary>
    public ValueTask AbandonAsync() => partition.AbandonAsync();

    public ValueTask DisposeAsync() => partition.DisposeAsync();

    private static Task<T> Answer<T>(Func<T> read)
    {
        try
        {
            return Task.FromResult(read());
        }
        catch (VectorMismatchException mismatch)
        {
            return Task.FromException<T>(mismatch.ExpectedDim is { } expected
                ? InvalidInputException.WrongDimension(expected, mismatch.ActualDim)
                : InvalidInputException.UnknownVector(mismatch.Name));
        }
        catch (PartitionException failure)
        {
            return Task.FromException<T>(Unavailable(failure));
        }
        catch (OperationCanceledException cancelled)
        {
            return Task.FromCanceled<T>(cancelled.CancellationToken);
        }
    }

    private static OrleansVectorsException Unavailable(PartitionException failure)
        => failure is MemoryBudgetException or DiskFullException or ReclaimingBacklogException
            ? new OutOfRoomException(failure.Message, failure)
            : new PartitionUnavailableException(failure.Message, failure);
}
