using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections;

/// <summary>One collection: routes writes to its partitions and merges what they answer.</summary>
public sealed class Collection
{
    /// <summary>The collection's own name (never an alias).</summary>
    public string Name => throw new NotImplementedException();

    /// <summary>The schema as it is now.</summary>
    public CollectionSchema Schema => throw new NotImplementedException();

    /// <summary>
    /// Applies operations in order. The whole list is validated first: a bad one refuses all, nothing is stored. What
    /// lands in one partition is atomic.
    /// </summary>
    /// <param name="operations">The operations.</param>
    /// <param name="waitUntilVisible">False may answer <see cref="WriteStatus.Acknowledged"/> when durable, before searches see it.</param>
    /// <param name="cancellationToken">Gives up waiting; the write may still happen.</param>
    /// <returns>One result for each operation.</returns>
    public Task<IReadOnlyList<WriteResult>> WriteAsync(
        IReadOnlyList<PointOperation> operations, bool waitUntilVisible, CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>Points by id, in the order asked for; missing ids are left out.</summary>
    public Task<IReadOnlyList<PointRecord>> GetAsync(
        IReadOnlyList<PointId> ids, PointProjection projection, CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>A page of points.</summary>
    public Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>How many points match; null counts all.</summary>
    public Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>The nearest points, nearest first.</summary>
    public Task<IReadOnlyList<SearchHit>> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>Values of a payload key by how many points have them, most frequent first, then by value.</summary>
    public Task<IReadOnlyList<FacetHit>> FacetAsync(FacetRequest request, CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>
    /// Replaces the schema by what <paramref name="change"/> makes of the present one; durable when it returns. Vector
    /// names may come and go, graph settings and indexes may change; sizes, metrics and the partition count may not.
    /// </summary>
    public Task<CollectionSchema> ChangeSchemaAsync(
        Func<CollectionSchema, CollectionSchema> change, CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>Figures of the collection.</summary>
    public Task<CollectionStatistics> StatisticsAsync(CancellationToken cancellationToken = default)
        => throw new NotImplementedException();
}
