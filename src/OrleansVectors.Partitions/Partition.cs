using System.Runtime.CompilerServices;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Changes;
using OrleansVectors.Partitions.Counting;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Filters.Resolution;
using OrleansVectors.Partitions.Images;
using OrleansVectors.Partitions.Indexing;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.PayloadIndexing;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Reclaiming;
using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Scrolling;
using OrleansVectors.Partitions.Searching;
using OrleansVectors.Partitions.Statistics;
using OrleansVectors.Partitions.Vectors;
using OrleansVectors.Partitions.Writing;
using OrleansVectors.Storage;
using OrleansVectors.Storage.Blobs;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Partitions;

/// <summary>
/// A hash range of a collection's points on one machine: a folder with a log and checkpoints, and in memory the rows,
/// payloads, vectors and graphs that came out of them.
/// </summary>
/// <remarks>
/// Threads: writes are ordered by the log and applied by one loop; indexing threads insert into graphs; a checkpoint
/// runs beside both. Reads take no lock: each takes the applied state once and sees exactly that moment.
/// </remarks>
public sealed class Partition : IAsyncDisposable
{
    private const int CancellationStride = 1024;
    private static readonly TimeSpan LongestRoomWait = TimeSpan.FromMilliseconds(50);

    private readonly PartitionFolder _folder;
    private readonly PartitionState _state;
    private readonly OperationApplier _applier;
    private readonly WritePipeline _writes;
    private readonly PartitionIndexing _indexing;
    private readonly Checkpointer _checkpointer;
    private readonly PayloadIndexBuilder _payloadIndexes;
    private readonly Searcher _searcher;
    private readonly MultiVectorSearcher _multiVectors;
    private readonly Scroller _scroller;
    private readonly PartitionOptions _options;
    private readonly MemoryBudget _memory;
    private readonly RoomBudget _room;
    private readonly Reclaimer _reclaimer;
    private readonly SpaceKeeper _space;
    private readonly FilePageKeeper? _filePages;
    private readonly ChunkVerification? _verification;
    private readonly AppliedSignal _appliedSignal = new();
    private volatile StorageDamagedException? _damage;
    private volatile bool _closed;
    private int _disposals;

    private Partition(
        PartitionFolder folder, PartitionState state, OperationApplier applier, Reclaimer reclaimer, IndexingPool indexing, PartitionOptions options)
    {
        _folder = folder;
        _options = options;
        _memory = new MemoryBudget(options.MemoryBytesMax);
        _state = state;
        _applier = applier;
        _reclaimer = reclaimer;
        _indexing = new PartitionIndexing(state, indexing, options);
        _room = new RoomBudget(state);
        _writes = new WritePipeline(folder.Log, _room, Apply);
        _checkpointer = new Checkpointer(folder, state, _writes, _indexing, options.Clock, options.CheckpointLogBytes);
        _space = new SpaceKeeper(state, reclaimer, applier, _writes, _indexing, _checkpointer);
        _indexing.RemovedDead = _space.Notify;
        _indexing.Progressed = _checkpointer.NotifyIndexing;
        _indexing.CameToRest = () =>
        {
            _checkpointer.NotifyIndexingIdle();
            _space.Notify();
        };
        _indexing.NextComplete = OnNextComplete;
        _indexing.Outgrown = OnOutgrown;
        _payloadIndexes = new PayloadIndexBuilder(state.PayloadIndexes, _writes);
        _filePages = options.MemoryBytesMax > 0 ? new FilePageKeeper(state, _memory) : null;
        _searcher = new Searcher(state);
        _multiVectors = new MultiVectorSearcher(state);
        _scroller = new Scroller(state);
        if (folder.Newest is not null)
        {
            _verification = new ChunkVerification(folder, state, OnIndexChecked, damage => _damage = damage);
            _checkpointer.Verified = _verification.Sound;
            _verification.Start();
        }
    }

    /// <summary>The last operation that was applied.</summary>
    public ulong LastSequence => _state.Applied.Sequence;

    /// <summary>How the partition was found when it was opened.</summary>
    public RecoveryReport Recovery => _folder.Report;

    /// <summary>What the partition holds, for tests that look behind it.</summary>
    internal PartitionState State => _state;

    /// <summary>Figures of this moment.</summary>
    public PartitionStatistics Statistics
    {
        get
        {
            using ReadScope scope = Read();
            AppliedState applied = _state.Applied;
            return new PartitionStatistics
            {
                Points = applied.LivePoints,
                LastSequence = applied.Sequence,
                IndexedVectors = _state.Fields.Sum(vectors => vectors.Index?.Count ?? 0),
                IndexingPending = _indexing.IsPending || _payloadIndexes.IsPending,
                PayloadIndexBytes = _state.PayloadIndexes.CommittedBytes,
                IndexingFailure = _indexing.Failure?.Message ?? _payloadIndexes.Failure,
                WriteFailure = _writes.Failure?.Message,
                CheckpointFailure = _checkpointer.Failure?.Message,
                Rows = applied.Rows,
                EndedVersions = _state.Table.Dead.Count,
                DataBytes = PointTable.BytesOf(applied.Rows) + _state.Payloads.UsedBytes + _state.Fields.Sum(vectors => vectors.UsedBytes(applied.Rows)),
                SegmentBytes = _folder.SegmentBytes,
                SpaceFailure = _space.Failure?.Message,
                SegmentFiles = _folder.SegmentFiles,
                LogBytes = _checkpointer.LogBytes,
                Vectors = [.. _state.Fields.Select(vectors => FieldFigures.Of(vectors, applied.Rows))],
            };
        }
    }

    /// <summary>Opens a partition, or creates it where there is none. Takes time in proportion to the log after the last checkpoint.</summary>
    /// <param name="folder">The partition's folder.</param>
    /// <param name="schema">The schema as of now; vectors the log has under other numbers are passed over.</param>
    /// <param name="options">Settings of the host.</param>
    /// <param name="indexing">The process's indexing threads.</param>
    /// <param name="name">What its log is called where logs of several partitions are kept together.</param>
    /// <exception cref="StorageDamagedException">A file is damaged: which, where, and what was expected.</exception>
    public static Partition Open(
        string folder, PartitionSchema schema, PartitionOptions options, IndexingPool indexing, string name = "partition")
    {
        Directory.CreateDirectory(folder);
        PartitionState state = new(schema, options.PointsMax, folder);
        Reclaimer reclaimer = new(state);
        PartitionFolder? opened = null;
        try
        {
            OperationApplier applier = new(state);
            opened = PartitionFolder.Open(name, folder, state, applier, reclaimer, options);
            Partition partition = new(opened, state, applier, reclaimer, indexing, options);
            partition._indexing.Notify();
            partition._payloadIndexes.Notify();
            return partition;
        }
        catch
        {
            opened?.Dispose();
            reclaimer.Dispose();
            state.Dispose();
            throw;
        }
    }

    /// <summary>Logs and applies an operation list as one step.</summary>
    /// <param name="operations">What <see cref="Operations.OperationEncoder"/> made; must not change until the task ends.</param>
    /// <param name="waitUntilVisible">False ends the task when the operations are durable, before reads see them.</param>
    /// <exception cref="PartitionException">Nothing was stored; or, when the log failed, whether it was is unknown until the next opening.</exception>
    public async Task<OperationOutcome> WriteAsync(ReadOnlyMemory<byte> operations, bool waitUntilVisible)
    {
        ThrowIfUnusable();
        OperationNeed need = OperationCheck.Check(operations.Span, _state);
        if (need.Growth == OperationGrowth.MayGrow)
        {
            await AdmitAsync(operations.Length, need.Versions).ConfigureAwait(false);
            ThrowIfUnusable();
        }

        await TakeRoomAsync(need).ConfigureAwait(false);
        return await _writes.WriteAsync(operations, waitUntilVisible, need).ConfigureAwait(false);
    }

    /// <summary>Points by id, in the order asked for; missing ones are left out.</summary>
    public IReadOnlyList<PointRecord> Get(IReadOnlyList<PointId> ids, PointProjection projection)
    {
        using ReadScope scope = Read();
        AppliedState moment = _state.Applied;
        List<PointRecord> records = new(ids.Count);
        foreach (PointId id in ids)
        {
            uint ordinal = _state.Ids.Visible(id, moment.Sequence);
            if (ordinal != PointRow.NoPrevious)
            {
                records.Add(Record(ordinal, moment, projection));
            }
        }

        return records;
    }

    /// <summary>Which of the ids are no live points.</summary>
    public IReadOnlyList<PointId> Missing(IReadOnlyList<PointId> ids)
    {
        using ReadScope scope = Read();
        ulong sequence = _state.Applied.Sequence;
        return [.. ids.Where(id => _state.Ids.Visible(id, sequence) == PointRow.NoPrevious)];
    }

    /// <summary>A page of points.</summary>
    public ScrollPage Scroll(ScrollRequest request, CancellationToken cancellation)
    {
        using ReadScope scope = Read();
        AppliedState moment;
        if (request.OrderBy is { } by)
        {
            List<(OrderValue Value, uint Ordinal)> ordered = _scroller.PageByValue(request, by, out moment, cancellation);
            return new ScrollPage(
                [.. ordered.Select(row => Record(row.Ordinal, moment, request.Projection))],
                [.. ordered.Select(row => row.Value)],
                Next: null);
        }

        List<uint> page = _scroller.PageById(request, out moment, cancellation);
        PointId? next = page.Count > request.Limit ? _state.Table.Id(page[request.Limit]) : null;
        return new ScrollPage([.. page.Take(request.Limit).Select(ordinal => Record(ordinal, moment, request.Projection))], null, next);
    }

    /// <summary>How many points match; null counts all.</summary>
    public long Count(Filter? filter, CancellationToken cancellation)
    {
        using ReadScope scope = Read();
        AppliedState moment = _state.Applied;
        if (filter is null or { IsEmpty: true })
        {
            return moment.LivePoints;
        }

        using FilterMatches matches = Resolve(filter, moment);
        return matches.Count(cancellation);
    }

    /// <summary>How many points have, under each key, a value that passes its test.</summary>
    public long[] CountHaving(IReadOnlyList<(PayloadPath Key, PayloadValueTest Test)> fields, CancellationToken cancellation)
    {
        using ReadScope scope = Read();
        AppliedState moment = _state.Applied;
        long[] counts = new long[fields.Count];
        foreach (uint ordinal in VisibleRows(moment, cancellation))
        {
            ReadOnlySpan<byte> payload = PayloadAt(ordinal, moment.Sequence, out _);
            for (int i = 0; i < counts.Length; i++)
            {
                counts[i] += PayloadFieldCounter.HasValue(payload, fields[i].Key, fields[i].Test) ? 1 : 0;
            }
        }

        return counts;
    }

    /// <summary>How many points have each value of a payload key.</summary>
    public IReadOnlyDictionary<FacetValue, long> Facet(PayloadPath key, Filter? filter, CancellationToken cancellation)
    {
        using ReadScope scope = Read();
        AppliedState moment = _state.Applied;
        using FilterMatches? matches = filter is null or { IsEmpty: true } ? null : Resolve(filter, moment);
        if (new IndexedFacets(_state, key).TryCount(matches, moment, cancellation) is { } counted)
        {
            return counted;
        }

        FacetCounter counter = new(key);
        foreach (uint ordinal in matches?.Ordinals(cancellation) ?? VisibleRows(moment, cancellation))
        {
            counter.Add(PayloadAt(ordinal, moment.Sequence, out _));
        }

        return counter.Counts;
    }

    /// <summary>The nearest points, nearest first: at most offset + limit of them, those of the offset included.</summary>
    /// <exception cref="VectorMismatchException">The schema has no such vector, or the query has another dimension.</exception>
    public SearchAnswer Search(SearchRequest request, CancellationToken cancellation)
    {
        if (!request.IsSample)
        {
            _indexing.NoteSearch();
        }

        using ReadScope scope = Read();
        VectorField? field = _state.Field(request.VectorName);
        if (field is null || !field.Schema.Takes(request.Vector.Length))
        {
            throw new VectorMismatchException(request.VectorName, field?.Schema.Dim, request.Vector.Length);
        }

        SearchTrace trace = new(request.Explain);
        Candidate[] nearest = field.Multi is null
            ? _searcher.Search(request, field, trace, out AppliedState moment, cancellation)
            : _multiVectors.Search(request, field, trace, out moment, cancellation);
        if (!request.IsSample)
        {
            field.Searches.Note(trace);
        }

        List<SearchHit> hits = new(nearest.Length);
        foreach (Candidate candidate in nearest)
        {
            if (request.DistanceMax is { } bound && candidate.Distance > bound)
            {
                break;
            }

            hits.Add(new SearchHit(candidate.Distance, Record(candidate.Ordinal, moment, request.Projection)));
        }

        trace.EndFetch();
        return new SearchAnswer(hits, request.Explain ? [trace.Explain(moment)] : []);
    }

    /// <summary>Takes a changed schema: vector names may come and go, graph settings change.</summary>
    /// <exception cref="ArgumentException">A vector that stays has another dimension or metric.</exception>
    /// <exception cref="PartitionException">The partition is closed or has stopped.</exception>
    public async Task ChangeSchemaAsync(PartitionSchema schema)
    {
        ThrowIfUnusable();
        bool removes = _state.Fields.Any(field => schema.Find(field.Schema.Name)?.Number != field.Schema.Number);
        await _checkpointer.ExclusiveAsync(() => _writes.RunWhilePausedAsync(_indexing, () => ChangeFields(schema))).ConfigureAwait(false);
        _payloadIndexes.Notify();
        _space.Notify(); // vectors may have to move between memory and disk
        if (removes)
        {
            // The log may hold operations whose filters asked for the vector that is gone: a replay would answer otherwise.
            await _checkpointer.TryRunAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Writes what is new to immutable files, so that a reopening need not replay it. Reads and writes go on.</summary>
    public Task CheckpointAsync() => _checkpointer.RunAsync();

    /// <summary>The positions that <see cref="ChangesAsync"/> can begin at: from before the oldest retained change to the newest.</summary>
    public (LogSequence Oldest, LogSequence Newest) ChangePositions
    {
        get
        {
            ThrowIfUnusable();
            return (new LogSequence(_folder.Log.FirstSequence.Value - 1), new LogSequence(_state.Applied.Sequence));
        }
    }

    /// <summary>
    /// What was changed after a position, in order, each step once, and then what is changed from now on; it ends when the
    /// partition closes or the caller gives up. Only what searches see is told, so whoever hears of a change finds it.
    /// </summary>
    /// <param name="after">A position: the sequence of the last change that is known; 0 for none.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ChangesGoneException">Thrown while enumerating: the log does not reach back, or not forward, to that position.</exception>
    /// <exception cref="PartitionException">Thrown while enumerating: the partition is closed or has stopped.</exception>
    public async IAsyncEnumerable<PartitionChange> ChangesAsync(LogSequence after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        LogSequence next = after.Next;
        if (after.Value > _state.Applied.Sequence)
        {
            throw Gone(after);
        }

        while (true)
        {
            Task more = _appliedSignal.Next;
            ThrowIfUnusable();
            LogSequence visible = new(_state.Applied.Sequence);
            if (next > visible)
            {
                await more.WaitAsync(cancellation).ConfigureAwait(false);
                continue;
            }

            PartitionSchema schema = new([.. _state.Fields.Select(field => field.Schema)]);
            using IEnumerator<LogRecord> records = ReadLog(next).GetEnumerator();
            while (next <= visible && Read(records, next))
            {
                cancellation.ThrowIfCancellationRequested();
                LogRecord record = records.Current;
                PartitionChange change = new(record.Sequence, record.Time, OperationDecoder.Decode(record.Operation.Span, schema));
                next = next.Next;
                yield return change;
            }
        }

        IEnumerable<LogRecord> ReadLog(LogSequence from)
        {
            try
            {
                return _folder.Log.ReadFrom(from);
            }
            catch (LogRangeException)
            {
                throw Gone(new LogSequence(from.Value - 1));
            }
        }

        bool Read(IEnumerator<LogRecord> records, LogSequence expected)
        {
            try
            {
                return records.MoveNext();
            }
            catch (LogRangeException)
            {
                throw Gone(new LogSequence(expected.Value - 1)); // trimmed while it was being read
            }
        }

        ChangesGoneException Gone(LogSequence position) => new(position, _folder.Log.FirstSequence, new LogSequence(_state.Applied.Sequence));
    }

    /// <summary>
    /// Keeps the newest checkpoint for an image; null when there is none. Take the time of the image after this, and with
    /// several partitions after all of them: then no checkpoint has anything younger.
    /// </summary>
    public ManifestPin? PinCheckpoint()
    {
        ThrowIfUnusable();
        return _folder.Manifests.PinNewest();
    }

    /// <summary>The partition with all that was accepted up to a time, which has passed.</summary>
    /// <param name="pin">What <see cref="PinCheckpoint"/> returned before that time; the image's from now on.</param>
    /// <param name="time">A time that the partition's clock has given.</param>
    public async Task<PartitionImage> ImageAsync(ManifestPin? pin, LogTime time)
    {
        ThrowIfUnusable();
        long? points = null;
        await _writes.RunBetweenOperationsAsync(() =>
        {
            // What is not younger has been logged and applied by now. Whatever else has been is too much.
            points = _writes.AppliedTime <= time ? _state.Applied.LivePoints : null;
        }).ConfigureAwait(false);
        return new PartitionImage(pin, _folder.Log, time, points);
    }

    /// <summary>
    /// Whether the partition's folder holds nothing that is not elsewhere too (<see cref="PartitionOptions.Checkpoints"/>), so that a closed
    /// partition can do without it.
    /// </summary>
    public bool IsCache => _folder.IsCache;

    /// <summary>
    /// Brings the checkpoint that reaches furthest into a partition's folder, if the folder's own does not reach as far.
    /// Before <see cref="Open"/>.
    /// </summary>
    /// <exception cref="IOException">The store does not answer, or what it has is damaged.</exception>
    public static async Task FetchCheckpointAsync(string folder, string name, IBlobStore store, CancellationToken cancellationToken = default)
    {
        CheckpointArchive archive = new(store, name);
        Manifest? stored = await archive.FindNewestAsync(cancellationToken).ConfigureAwait(false);
        if (stored is null)
        {
            return;
        }

        string segments = PartitionPaths.Segments(folder);
        string manifests = PartitionPaths.Manifests(folder);
        Manifest? present = null;
        try
        {
            present = new ManifestStore(manifests, new SegmentFolder(segments)).LoadNewest()?.Manifest;
        }
        catch (StorageDamagedException)
        {
            // What is in the store does as well.
        }

        if (present is null || present.Cut < stored.Cut)
        {
            await archive.FetchAsync(stored, segments, manifests, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Notes that backups have the log up to an operation, so that they will never ask for it again.</summary>
    public void NoteArchived(LogSequence last) => _folder.NoteArchived(last);

    /// <summary>About how many bytes of log lie behind the last checkpoint.</summary>
    public long UncheckpointedBytes => _checkpointer.LogBytes;

    /// <summary>Finishes waiting writes, writes a checkpoint, waits for readers and frees everything.</summary>
    public ValueTask DisposeAsync() => CloseAsync(_checkpointer.FinishAsync);

    /// <summary>Does as <see cref="DisposeAsync"/> but for the checkpoint: the files are going to be deleted.</summary>
    public ValueTask AbandonAsync() => CloseAsync(_checkpointer.CloseAsync);

    private async ValueTask CloseAsync(Func<Task> finishCheckpoints)
    {
        if (Interlocked.Exchange(ref _disposals, 1) != 0)
        {
            return;
        }

        if (_verification is not null)
        {
            await _verification.DisposeAsync().ConfigureAwait(false);
        }

        await _space.DisposeAsync().ConfigureAwait(false);
        await finishCheckpoints().ConfigureAwait(false);
        _closed = true;
        _appliedSignal.Raise();
        await _writes.DisposeAsync().ConfigureAwait(false);
        await _payloadIndexes.DisposeAsync().ConfigureAwait(false);
        _indexing.Dispose();
        if (_filePages is not null)
        {
            await _filePages.DisposeAsync().ConfigureAwait(false);
        }

        _state.Gate.WaitForReaders();
        _folder.Dispose();
        _reclaimer.Dispose();
        _state.Dispose();
    }

    /// <summary>What adds to the partition waits for memory and indexing; what takes away never does.</summary>
    private async ValueTask AdmitAsync(long bytes, long versions)
    {
        await _memory.AdmitAsync(bytes).ConfigureAwait(false);
        await AdmitToDiskAsync().ConfigureAwait(false);
        if (!await _indexing.WaitForRoomAsync(versions, _options.UnindexedWaitMax).ConfigureAwait(false))
        {
            throw new WriteBacklogException(
                $"more than {_options.UnindexedBytesMax} bytes of vectors have waited for an index for {_options.UnindexedWaitMax.TotalSeconds} s: write more slowly");
        }
    }

    /// <summary>Waits until what ended versions hold leaves room for what is new.</summary>
    private async ValueTask TakeRoomAsync(OperationNeed need)
    {
        TimeSpan wait = TimeSpan.FromMilliseconds(1);
        for (long started = Environment.TickCount64; !_room.TryTake(need); wait = wait < LongestRoomWait ? wait * 2 : wait)
        {
            if (Environment.TickCount64 - started >= _options.ReclaimingWaitMax.TotalMilliseconds)
            {
                throw new ReclaimingBacklogException(
                    $"nothing of the write was stored: {_state.Table.Dead.Count} replaced and deleted versions of points, which readers or an index still look at, leave no room for {need.Versions} new ones with {need.PayloadBytes} bytes of payload; try again later");
            }

            _space.Notify();
            await Task.Delay(wait).ConfigureAwait(false);
            ThrowIfUnusable();
        }
    }

    /// <summary>
    /// Applying cannot fail, so vectors for which the disk has no room stay in memory. That must not go on: what is on its
    /// way may, nothing else.
    /// </summary>
    private async ValueTask AdmitToDiskAsync()
    {
        if (_state.Fields.Any(field => field.Rows.Region.IsShortOfFile))
        {
            await _space.PlaceAsync().ConfigureAwait(false);
            if (_state.Fields.FirstOrDefault(field => field.Rows.Region.IsShortOfFile) is { } field)
            {
                throw new DiskFullException($"nothing of the write was stored: vector `{field.Schema.Name}` is to lie on disk (on_disk), and the disk is full");
            }
        }
    }

    private OperationOutcome Apply(ulong sequence, ReadOnlyMemory<byte> operations, Action<ulong>? also)
    {
        OperationOutcome outcome = _applier.Apply(sequence, operations, also);
        _appliedSignal.Raise();
        _indexing.Notify();
        _space.NotifyApplied();
        _checkpointer.NotifyApplied(operations.Length);
        return outcome;
    }

    private void ChangeFields(PartitionSchema schema)
    {
        foreach (VectorFieldSchema wanted in schema.Vectors)
        {
            if (_state.Field(wanted.Number)?.Schema is { } present && (present.Dim != wanted.Dim || present.Metric != wanted.Metric))
            {
                throw new ArgumentException($"vector `{wanted.Name}` cannot change its dimension or metric", nameof(schema));
            }
        }

        List<VectorField> fields = [];
        foreach (VectorFieldSchema wanted in schema.Vectors)
        {
            if (_state.Field(wanted.Number) is not { } field)
            {
                VectorField added = _state.NewField(wanted);
                added.WriteAbsent(_state.Table.Count);
                fields.Add(added);
                continue;
            }

            foreach (IDisposable outgrown in field.Change(wanted))
            {
                _state.Retire(outgrown);
            }

            fields.Add(field);
        }

        VectorField[] removed = [.. _state.Fields.Where(field => !fields.Contains(field))];
        _state.PayloadIndexes.ChangeSchema(schema.PayloadIndexes);
        _state.ReplaceFields([.. fields]);
        foreach (VectorField field in removed)
        {
            _state.Retire(field);
        }
    }

    private PointRecord Record(uint ordinal, AppliedState moment, PointProjection projection)
    {
        ReadOnlySpan<byte> payload = PayloadAt(ordinal, moment.Sequence, out ulong payloadVersion);
        PayloadDocument? document = projection.Payload.Kind == PayloadSelectionKind.None ? null
            : payload.IsEmpty ? PayloadDocument.Empty
            : PayloadDocument.FromTrusted(payload.ToArray());
        return new PointRecord(
            _state.Table.Id(ordinal),
            _state.Table.IsMoved(ordinal) ? payloadVersion : Math.Max(payloadVersion, _state.Table.Created(ordinal)),
            document,
            Vectors(ordinal, projection.VectorNames));
    }

    private List<NamedVector>? Vectors(uint ordinal, IReadOnlyList<string>? names)
    {
        if (names is { Count: 0 })
        {
            return null;
        }

        List<NamedVector> vectors = [];
        foreach (VectorField field in _state.Fields)
        {
            if (field.Has(ordinal) && names?.Contains(field.Schema.Name) != false)
            {
                ReadOnlySpan<float> values = field.Vector(ordinal);
                vectors.Add(new NamedVector(
                    field.Schema.Name, values.ToArray(), field.Schema.IsMultiVector ? values.Length / field.Schema.Dim : 0));
            }
        }

        return vectors;
    }

    private FilterMatches Resolve(Filter filter, AppliedState moment)
        => FilterResolver.Resolve(_state, filter, new RowMatcher(_state, filter), moment, ResolutionLimits.All);

    private ReadOnlySpan<byte> PayloadAt(uint ordinal, ulong sequence, out ulong version)
        => _state.Payloads.Read(_state.Table.Payload(ordinal), sequence, out version);

    private IEnumerable<uint> VisibleRows(AppliedState moment, CancellationToken cancellation)
    {
        for (uint ordinal = 0; ordinal < moment.Rows; ordinal++)
        {
            if (ordinal % CancellationStride == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (_state.Table.IsVisible(ordinal, moment.Sequence))
            {
                yield return ordinal;
            }
        }
    }

    private ReadScope Read()
    {
        ReadScope scope = new(_state.Gate);
        try
        {
            ThrowIfUnusable();
            return scope;
        }
        catch
        {
            scope.Dispose();
            throw;
        }
    }

    private void ThrowIfUnusable()
    {
        if (_closed)
        {
            throw new PartitionClosedException();
        }

        if (_damage is { } damage)
        {
            throw new PartitionFailedException(damage.Message, damage);
        }
    }

    /// <summary>An index is a cache of the vectors: a damaged one is thrown away and built again; searches scan meanwhile.</summary>
    private void OnIndexChecked(VectorField field, StorageDamagedException? damage)
    {
        if (damage is null)
        {
            field.Index!.Trust();
            _indexing.Notify();
            return;
        }

        ChangeIndex(field, field.ReplaceIndex);
    }

    /// <summary>Lets an index that now holds everything take its place.</summary>
    private void OnNextComplete(VectorField field) => ChangeIndex(field, () => field.PromoteNext(_state.Table.Count));

    /// <summary>Begins an index that learns anew.</summary>
    private void OnOutgrown(VectorField field) => ChangeIndex(field, () =>
    {
        field.BeginNext();
        return [];
    });

    /// <summary>On a thread of its own: who calls may be an indexing slice, and the pause waits for those.</summary>
    private void ChangeIndex(VectorField field, Func<IEnumerable<IDisposable>> change)
        => _ = Task.Run(() => _checkpointer.ExclusiveAsync(() => _writes.RunWhilePausedAsync(_indexing, () =>
        {
            if (_state.Fields.Contains(field))
            {
                foreach (IDisposable outgrown in change())
                {
                    _state.Retire(outgrown);
                }
            }
        })));
}
