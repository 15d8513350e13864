using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Changes;
using OrleansVectors.Partitions.Counting;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Writing;

namespace OrleansVectors.Collections;

/// <summary>
/// A partition as a collection sees it, wherever it is: the seam between what decides results and what finds machines.
/// Implementations throw <see cref="Errors.OrleansVectorsException"/> alone for what a caller must hear of.
/// </summary>
internal interface IPartition
{
    /// <summary>Whether a call finds it ready; otherwise the call brings it back first.</summary>
    bool IsLoaded { get; }

    Task<OperationOutcome> WriteAsync(ReadOnlyMemory<byte> operations, bool waitUntilVisible);

    Task<IReadOnlyList<PointRecord>> GetAsync(IReadOnlyList<PointId> ids, PointProjection projection);

    Task<IReadOnlyList<PointId>> MissingAsync(IReadOnlyList<PointId> ids);

    Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken);

    Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken);

    Task<long[]> CountHavingAsync(IReadOnlyList<(PayloadPath Key, PayloadValueTest Test)> fields, CancellationToken cancellationToken);

    Task<IReadOnlyDictionary<FacetValue, long>> FacetAsync(PayloadPath key, Filter? filter, CancellationToken cancellationToken);

    Task<SearchAnswer> SearchAsync(SearchRequest request, CancellationToken cancellationToken);

    /// <summary>What was changed after a sequence, in order, and then what is changed from now on.</summary>
    IAsyncEnumerable<PartitionChange> ChangesAsync(ulong after, CancellationToken cancellationToken);

    /// <summary>The sequences that changes can be asked for after.</summary>
    Task<(ulong Oldest, ulong Newest)> ChangePositionsAsync();

    Task ChangeSchemaAsync(PartitionSchema schema);

    Task<PartitionStatistics> StatisticsAsync();
}
