using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OrleansVectors.Collections.Canary;
using OrleansVectors.Collections.Changes;
using OrleansVectors.Collections.Control;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Routing;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Collections.Validation;
using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Changes;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Writing;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Collections;

/// <summary>One collection: routes writes to its partitions and merges what they answer.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose of.")]
public sealed class Collection
{
    /// <summary>Changes that are read ahead of whoever consumes them.</summary>
    private const int ChangesAheadMax = 16;

    private readonly SlotMap _slots;
    private readonly LogClock _clock;
    private readonly IReadOnlyList<IPartition> _partitions;
    private readonly Func<StoredCollection, CancellationToken, Task> _save;
    private readonly SemaphoreSlim _schemaChange = new(1, 1);
    private readonly FieldStatistics _fieldStatistics;
    private readonly ConcurrentDictionary<string, RecallEstimate> _recall = new();
    private volatile Described _described;
    private long _activity;
    private long _activityWhenSampled;

    /// <param name="stored">The description that was saved last.</param>
    /// <param name="partitions">All partitions, by number.</param>
    /// <param name="clock">Stamps changes of the description, as it does writes.</param>
    /// <param name="save">Saves a changed description, durably.</param>
    internal Collection(
        StoredCollection stored, IReadOnlyList<IPartition> partitions, LogClock clock, Func<StoredCollection, CancellationToken, Task> save)
    {
        _clock = clock;
        _described = new Described(stored);
        _partitions = partitions;
        _slots = new SlotMap(partitions.Count);
        _save = save;
        _fieldStatistics = new FieldStatistics(partitions);
    }

    /// <summary>The collection's own name (never an alias).</summary>
    public string Name => _described.Stored.Name;

    /// <summary>For each vector name how much searches find, estimated in idle time; empty where nothing was measured yet.</summary>
    public IReadOnlyDictionary<string, RecallEstimate> Recall => _recall;

    /// <summary>Whether all of it is in memory; otherwise the next call brings it back.</summary>
    public bool IsLoaded => _partitions.All(partition => partition.IsLoaded);

    /// <summary>The description as it is now.</summary>
    internal StoredCollection Stored => _described.Stored;

    /// <summary>Counts what callers do.</summary>
    internal long Activity => Interlocked.Read(ref _activity);

    /// <summary>Whether anybody used the collection since it was sampled enough.</summary>
    internal bool WantsRecall => _recall.IsEmpty
        || _recall.Values.Any(estimate => estimate.Samples < RecallEstimate.Window)
        || Activity != Interlocked.Read(ref _activityWhenSampled);

    /// <summary>The schema as it is now.</summary>
    public CollectionSchema Schema => _described.Stored.Schema;

    /// <summary>
    /// Applies operations in order. The whole list is validated first: a bad one refuses all, nothing is stored. What
    /// lands in one partition is atomic.
    /// </summary>
    /// <param name="operations">The operations.</param>
    /// <param name="waitUntilVisible">False may answer <see cref="WriteStatus.Acknowledged"/> when durable, before searches see it.</param>
    /// <param name="cancellationToken">Gives up waiting; the write may still happen.</param>
    /// <returns>One result for each operation.</returns>
    /// <exception cref="OrleansVectorsException">What is wrong with the operations, or why they cannot be stored.</exception>
    public async Task<IReadOnlyList<WriteResult>> WriteAsync(
        IReadOnlyList<PointOperation> operations, bool waitUntilVisible, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _activity);
        Described described = _described;
        OperationValidator.Check(operations, described.Stored.Schema);
        await CheckExistenceAsync(operations).ConfigureAwait(false);

        List<PointOperation>?[] routed = OperationRouter.Route(operations, _slots);
        List<Task<OperationOutcome>> writes = [];
        for (int partition = 0; partition < routed.Length; partition++)
        {
            if (routed[partition] is { } mine)
            {
                ReadOnlyMemory<byte> encoded = OperationEncoder.Encode(mine, described.Partition);
                writes.Add(_partitions[partition].WriteAsync(encoded, waitUntilVisible));
            }
        }

        OperationOutcome[] outcomes = await Task.WhenAll(writes).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (outcomes.FirstOrDefault(outcome => outcome.Refusal is not null).Refusal is { } refusal)
        {
            throw refusal.IsFull ? new OutOfRoomException(refusal.Message) : new InvalidInputException(refusal.Message);
        }

        WriteStatus status = waitUntilVisible ? WriteStatus.Completed : WriteStatus.Acknowledged;
        ulong sequence = outcomes.Length == 0 ? 0 : outcomes.Max(outcome => outcome.Sequence);
        return [.. operations.Select(_ => new WriteResult(sequence, status))];
    }

    /// <summary>Points by id, in the order asked for; missing ids are left out.</summary>
    public async Task<IReadOnlyList<PointRecord>> GetAsync(
        IReadOnlyList<PointId> ids, PointProjection projection, CancellationToken cancellationToken = default)
    {
        CheckProjection(projection);
        CheckSize(projection, ids.Count);
        if (_partitions.Count == 1)
        {
            return await _partitions[0].GetAsync(ids, projection).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<PointRecord>[] parts = await Task.WhenAll(ByPartition(ids)
            .Select(part => _partitions[part.Key].GetAsync([.. part], projection))).WaitAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<PointId, PointRecord> found = [];
        foreach (PointRecord record in parts.SelectMany(part => part))
        {
            found[record.Id] = record;
        }

        return [.. ids.Where(found.ContainsKey).Select(id => found[id])];
    }

    /// <summary>A page of points.</summary>
    public async Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default)
    {
        CheckProjection(request.Projection);
        CheckPage("limit", request.Limit);
        CheckSize(request.Projection, request.Limit);
        ScrollPage[] pages = await FromAllAsync(partition => partition.ScrollAsync(request, cancellationToken)).ConfigureAwait(false);
        return pages.Length == 1 ? pages[0] : PageMerge.Merge(pages, request);
    }

    /// <summary>How many points match; null counts all.</summary>
    public async Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken = default)
        => (await FromAllAsync(partition => partition.CountAsync(filter, cancellationToken)).ConfigureAwait(false)).Sum();

    /// <summary>The nearest points, nearest first.</summary>
    public async Task<SearchAnswer> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _activity);
        VectorChecks.CheckQuery(Schema, request.VectorName, request.Vector.Span, "query");
        CheckProjection(request.Projection);
        CheckPage("limit", (long)request.Limit + request.Offset);
        CheckSize(request.Projection, (long)request.Limit + request.Offset);
        SearchChecks.Check(request);
        return await FindAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes what a sample of the canary found.</summary>
    internal void AddRecall(string vectorName, double recall)
    {
        _recall.AddOrUpdate(vectorName, _ => default(RecallEstimate).With(recall), (_, estimate) => estimate.With(recall));
        Interlocked.Exchange(ref _activityWhenSampled, Activity);
    }

    /// <summary>Searches without a check, and without counting as use.</summary>
    internal async Task<SearchAnswer> FindAsync(SearchRequest request, CancellationToken cancellationToken)
    {

        SearchAnswer[] found =
            await FromAllAsync(partition => partition.SearchAsync(request, cancellationToken)).ConfigureAwait(false);
        IEnumerable<SearchHit> merged = found.Length == 1
            ? found[0]
            : found.SelectMany(hits => hits).OrderBy(hit => hit.Distance).ThenBy(hit => hit.Point.Id);
        return new SearchAnswer(
            [.. merged.Skip(request.Offset).Take(request.Limit)],
            [.. found.SelectMany(answer => answer.Explanations)]);
    }

    /// <summary>Values of a payload key by how many points have them, most frequent first, then by value.</summary>
    public async Task<IReadOnlyList<FacetHit>> FacetAsync(FacetRequest request, CancellationToken cancellationToken = default)
    {
        CheckPage("limit", request.Limit);
        Dictionary<FacetValue, long> counts = [];
        foreach (IReadOnlyDictionary<FacetValue, long> part in await FromAllAsync(
            partition => partition.FacetAsync(request.Key, request.Filter, cancellationToken)).ConfigureAwait(false))
        {
            foreach ((FacetValue value, long count) in part)
            {
                counts[value] = counts.GetValueOrDefault(value) + count;
            }
        }

        return [.. counts
            .OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key)
            .Take(request.Limit)
            .Select(pair => new FacetHit(pair.Key, pair.Value))];
    }

    /// <summary>
    /// Replaces the schema by what <paramref name="change"/> makes of the present one; durable when it returns. Vector
    /// names may come and go, graph settings and indexes may change; sizes, metrics and the partition count may not.
    /// </summary>
    /// <exception cref="OrleansVectorsException">The schema is not valid, or changes what must stay.</exception>
    public async Task<CollectionSchema> ChangeSchemaAsync(
        Func<CollectionSchema, CollectionSchema> change, CancellationToken cancellationToken = default)
    {
        await _schemaChange.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            StoredCollection present = _described.Stored;
            CollectionSchema wanted = change(present.Schema);
            SchemaValidator.Check(wanted);
            SchemaValidator.CheckChange(present.Schema, wanted);
            await Task.WhenAll(_partitions.Select(partition => partition.StatisticsAsync())).ConfigureAwait(false); // refuses when closed
            StoredCollection changed = present.With(wanted, _clock.Next());
            await _save(changed, cancellationToken).ConfigureAwait(false);

            // Saved, so it counts: a crash from here on opens the partitions with the new schema.
            Described described = new(changed);
            try
            {
                await ApplyAsync(described).ConfigureAwait(false);
            }
            catch (NativeMemoryException memory)
            {
                // There is no room for a new vector: back to what was, or the next start would fail in the same way.
                await _save(present, CancellationToken.None).ConfigureAwait(false);
                await ApplyAsync(_described).ConfigureAwait(false);
                throw new PartitionUnavailableException(memory.Message, memory);
            }
            catch
            {
                _described = described;
                throw;
            }

            _described = described;
            return wanted;
        }
        finally
        {
            _schemaChange.Release();
        }
    }

    /// <summary>Figures of the collection.</summary>
    public async Task<CollectionStatistics> StatisticsAsync(CancellationToken cancellationToken = default)
    {
        PartitionStatistics[] parts = await FromAllAsync(partition => partition.StatisticsAsync()).ConfigureAwait(false);
        return new CollectionStatistics(
            parts.Sum(part => part.Points),
            parts.Sum(part => part.IndexedVectors),
            parts.Sum(part => part.SegmentFiles),
            parts.Any(part => part.IndexingPending),
            await _fieldStatistics.CountAsync(Schema.PayloadIndexes, parts.Select(part => part.LastSequence), cancellationToken)
                .ConfigureAwait(false),
            parts.Sum(part => part.Rows),
            parts.Sum(part => part.EndedVersions),
            VectorStatisticsMerge.Merge(parts.SelectMany(part => part.Vectors)),
            parts.Select(part => part.WriteFailure ?? part.IndexingFailure ?? part.CheckpointFailure).FirstOrDefault(failure => failure is not null));
    }

    /// <summary>The oldest position that changes can be asked for after, and the newest.</summary>
    public async Task<(ChangePosition Oldest, ChangePosition Newest)> ChangePositionsAsync()
    {
        (ulong Oldest, ulong Newest)[] positions = await FromAllAsync(partition => partition.ChangePositionsAsync()).ConfigureAwait(false);
        long history = Stored.Created;
        return (new ChangePosition(history, [.. positions.Select(position => position.Oldest)]), new ChangePosition(history, [.. positions.Select(position => position.Newest)]));
    }

    /// <summary>
    /// What was changed after a position, and then what is changed from now on, until the caller gives up or the collection
    /// closes. Within a partition in order, each step once; who goes on from the last position it dealt with misses nothing
    /// and sees nothing twice. A change is told when searches see it.
    /// </summary>
    /// <param name="after">Where to begin; see <see cref="ChangePositionsAsync"/>.</param>
    /// <param name="filter">What is wanted; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ChangesUnavailableException">Thrown while enumerating: the collection does not have that position.</exception>
    /// <exception cref="InvalidInputException">Thrown while enumerating: the position is one of a collection with other partitions.</exception>
    public async IAsyncEnumerable<ChangeEvent> ChangesAsync(
        ChangePosition after, ChangeFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (after.History != Stored.Created)
        {
            throw new InvalidInputException($"position {after} is of another history of the collection, which was made again or restored since");
        }

        if (after.Sequences.Count != _partitions.Count)
        {
            throw new InvalidInputException($"position {after} is of {after.Sequences.Count} partitions, the collection has {_partitions.Count}");
        }

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<(int Partition, PartitionChange Change)> changes = Channel.CreateBounded<(int, PartitionChange)>(
            new BoundedChannelOptions(ChangesAheadMax) { SingleReader = true });
        Task[] pumps = [.. _partitions.Select((partition, number) => Task.Run(() => PumpAsync(partition, number, after.Sequences[number]), CancellationToken.None))];
        ChangePosition position = after;
        try
        {
            await foreach ((int partition, PartitionChange change) in changes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                position = position.With(partition, change.Sequence.Value);
                yield return new ChangeEvent(
                    position, partition, change.Sequence.Value, change.Time.ToMoment(), filter?.Apply(change.Operations) ?? change.Operations);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(pumps).ConfigureAwait(false);
        }

        async Task PumpAsync(IPartition partition, int number, ulong sequence)
        {
            try
            {
                await foreach (PartitionChange change in partition.ChangesAsync(sequence, stop.Token).ConfigureAwait(false))
                {
                    await changes.Writer.WriteAsync((number, change), stop.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                changes.Writer.TryComplete();
            }
#pragma warning disable CA1031 // whoever reads the changes hears of it
            catch (Exception failure)
#pragma warning restore CA1031
            {
                changes.Writer.TryComplete(failure);
            }
        }
    }

    private async Task ApplyAsync(Described described)
    {
        foreach (IPartition partition in _partitions)
        {
            await partition.ChangeSchemaAsync(described.Partition).ConfigureAwait(false);
        }
    }

    private static void CheckPage(string field, long points)
    {
        if (points is < 1 or > CollectionLimits.AnswerPointsMax)
        {
            throw new LimitViolatedException(field, $"{points}", $"must be from 1 to {CollectionLimits.AnswerPointsMax}");
        }
    }

    /// <summary>Refuses answers whose vectors alone would fill the memory.</summary>
    private void CheckSize(PointProjection projection, long points)
    {
        long components = points * Schema.Vectors
            .Where(vector => projection.VectorNames is null || projection.VectorNames.Contains(vector.Key))
            .Sum(vector => (long)vector.Value.Size);
        if (components > CollectionLimits.AnswerComponentsMax)
        {
            throw new LimitViolatedException(
                "limit",
                $"{points} points with {components} vector components",
                $"must be at most {CollectionLimits.AnswerComponentsMax} components in one answer");
        }
    }

    private void CheckProjection(PointProjection projection)
    {
        foreach (string name in projection.VectorNames ?? [])
        {
            VectorChecks.Find(Schema, name);
        }
    }

    /// <summary>
    /// Refuses changes to points that do not exist, unless the same list makes them first. Only a courtesy: a point that is
    /// deleted in between is passed over.
    /// </summary>
    private async Task CheckExistenceAsync(IReadOnlyList<PointOperation> operations)
    {
        HashSet<PointId> made = [];
        foreach (PointOperation operation in operations)
        {
            if (operation is UpsertPoints upsert)
            {
                made.UnionWith(upsert.Points.Select(point => point.Id));
            }

            PointId[] needed = [.. Needed(operation).Where(id => !made.Contains(id))];
            foreach (IGrouping<int, PointId> part in ByPartition(needed))
            {
                IReadOnlyList<PointId> missing = await _partitions[part.Key].MissingAsync([.. part]).ConfigureAwait(false);
                if (missing.Count > 0)
                {
                    throw new PointNotFoundException(missing[0]);
                }
            }
        }
    }

    private static IEnumerable<PointId> Needed(PointOperation operation) => operation switch
    {
        UpdateVectors update => update.Points.Select(point => point.Id),
        SetPayload { Selection: PointSelection.ByIds byIds } => byIds.Ids,
        OverwritePayload { Selection: PointSelection.ByIds byIds } => byIds.Ids,
        DeletePayloadKeys { Selection: PointSelection.ByIds byIds } => byIds.Ids,
        ClearPayload { Selection: PointSelection.ByIds byIds } => byIds.Ids,
        _ => [],
    };

    private IEnumerable<IGrouping<int, PointId>> ByPartition(IEnumerable<PointId> ids) => ids.GroupBy(_slots.PartitionOf);

    /// <summary>Asks all partitions; several at once each on a thread of its own.</summary>
    private Task<T[]> FromAllAsync<T>(Func<IPartition, Task<T>> ask)
        => Task.WhenAll(_partitions.Count == 1
            ? [ask(_partitions[0])]
            : _partitions.Select(partition => Task.Run(() => ask(partition))));

    private sealed record Described(StoredCollection Stored)
    {
        public PartitionSchema Partition { get; } = Stored.ToPartitionSchema();
    }
}
