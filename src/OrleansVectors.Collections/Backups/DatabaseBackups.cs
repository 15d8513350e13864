using System.Diagnostics.CodeAnalysis;
using OrleansVectors.Collections.Control;
using OrleansVectors.Collections.Copies;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Local;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Storage.Blobs;
using OrleansVectors.Storage.Folders;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Collections.Backups;

/// <summary>
/// The backups of a database: incremental, each a consistent cut over all it holds, and together the way to any moment
/// since the first.
/// </summary>
/// <remarks>
/// A backup puts what its store lacks: new files of checkpoints, and the log since the last backup. So a collection can be
/// brought back as of every moment that lies between two backups, by the newest checkpoint before it and the log from there,
/// unless the log was given back in between (it is kept for the next backup when they are taken by themselves). Writes and
/// searches go on; checkpoints that come meanwhile leave the files alone. One backup, verification or deletion at a time;
/// restores run beside them.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose of.")]
public sealed class DatabaseBackups : IAsyncDisposable
{
    private readonly VectorDatabase _database;
    private readonly BackupOptions _options;
    private readonly PartitionOptions _partitions;
    private readonly string _scratch;
    private readonly string _databaseId;
    private readonly BackupCatalog _catalog;
    private readonly BackupScheduler? _scheduler;
    private readonly SemaphoreSlim _one = new(1, 1);

    internal DatabaseBackups(VectorDatabase database, BackupOptions options, PartitionOptions partitions, string scratch, string databaseId)
    {
        _database = database;
        _options = options;
        _partitions = partitions;
        _scratch = scratch;
        _databaseId = databaseId;
        _catalog = new BackupCatalog(options.Store);
        if (Directory.Exists(scratch))
        {
            Directory.Delete(scratch, recursive: true); // a crash left it
        }

        FolderCreation.Ensure(scratch);
        _scheduler = options.Interval is { } interval ? new BackupScheduler(this, interval) : null;
    }

    /// <summary>Where the backups are.</summary>
    public string Location => _options.Store.Location;

    /// <summary>How the last backup that was taken by itself went; null before the first, or when none are.</summary>
    public BackupOutcome? LastScheduled => _scheduler?.Last;

    /// <summary>
    /// The database's backups, oldest first; as long as it has none, those of the only other one in the store, so that an empty
    /// machine finds what it is to be restored from.
    /// </summary>
    public async Task<IReadOnlyList<BackupSummary>> ListAsync(CancellationToken cancellationToken = default)
        => [.. (await RecordsAsync(cancellationToken).ConfigureAwait(false)).Select(BackupSummary.Of)];

    /// <summary>Records in the store that cannot be read, with the reasons; what only they told cannot be restored.</summary>
    public IReadOnlyDictionary<string, string> Unreadable => _catalog.Unreadable;

    /// <summary>Takes a backup; when it returns the store has everything that was acknowledged before the call.</summary>
    /// <param name="collections">Names or aliases of what to take; null for everything.</param>
    /// <param name="cancellationToken">Gives up; there is no backup then.</param>
    /// <exception cref="CollectionNotFoundException">There is no such collection.</exception>
    /// <exception cref="BackupException">The store cannot be written.</exception>
    public async Task<BackupSummary> CreateAsync(IReadOnlyList<string>? collections = null, CancellationToken cancellationToken = default)
        => BackupSummary.Of((await CreateAsync(collections, onlyIfChanged: false, cancellationToken).ConfigureAwait(false))!);

    /// <summary>Deletes a backup and what only it needed.</summary>
    /// <returns>False when there is none of that name.</returns>
    public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken = default)
        => OneAtATimeAsync(
            async () =>
            {
                BackupRecord? record = (await OwnRecordsAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(record => record.Id == id);
                if (record is not null)
                {
                    await new BackupRetention(_options.Store, _catalog).DeleteAsync([record], cancellationToken).ConfigureAwait(false);
                }

                return record is not null;
            },
            cancellationToken);

    /// <summary>
    /// Brings a collection back as it was at a moment, under its own name (in the place of what has that name now) or a new
    /// one. What is there now stays until the restored one is complete.
    /// </summary>
    /// <param name="name">What the collection was called at that moment.</param>
    /// <param name="moment">What was acknowledged before it, and nothing that began after it; null for the newest that the backups reach.</param>
    /// <param name="newName">A new name; null to take the place of the collection.</param>
    /// <param name="cancellationToken">Gives up; nothing has changed then.</param>
    /// <returns>The time that was restored to.</returns>
    /// <exception cref="BackupException">No backup holds that moment of it, or one is damaged; nothing was changed.</exception>
    /// <exception cref="CollectionExistsException">The new name is taken.</exception>
    public async Task<DateTimeOffset> RestoreAsync(
        string name, DateTimeOffset? moment = null, string? newName = null, CancellationToken cancellationToken = default)
    {
        LogTime? wanted = Wanted(moment);
        if (_database.Find(name) is not null)
        {
            // The log since the last backup may hold the moment.
            IReadOnlyList<BackupRecord> known = await RecordsAsync(cancellationToken).ConfigureAwait(false);
            if (wanted is null || !known.Any(record => record.Moment >= wanted && record.Collections.Any(collection => collection.Description.Name == name)))
            {
                await CreateAsync([name], onlyIfChanged: false, cancellationToken).ConfigureAwait(false);
            }
        }

        IReadOnlyList<BackupRecord> records = await RecordsAsync(cancellationToken).ConfigureAwait(false);
        return await RestoreAsync(records, name, wanted, newName ?? name, mayReplace: newName is null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Brings every collection back that there was at a moment, and the aliases; collections that came later stay.</summary>
    /// <param name="moment">See <see cref="RestoreAsync(string, DateTimeOffset?, string?, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Gives up; what has been restored by then stays.</param>
    /// <returns>The names of the collections.</returns>
    /// <exception cref="BackupException">No backup holds that moment.</exception>
    public async Task<IReadOnlyList<string>> RestoreAllAsync(DateTimeOffset? moment = null, CancellationToken cancellationToken = default)
    {
        LogTime? wanted = Wanted(moment);
        IReadOnlyList<BackupRecord> records = await RecordsAsync(cancellationToken).ConfigureAwait(false);
        if (_database.CollectionNames.Count > 0 && (wanted is null || !records.Any(record => record.IsWhole && record.Moment >= wanted)))
        {
            await CreateAsync(null, onlyIfChanged: false, cancellationToken).ConfigureAwait(false);
            records = await RecordsAsync(cancellationToken).ConfigureAwait(false);
        }

        BackupRecord reaching = records.FirstOrDefault(record => record.IsWhole && record.Moment >= (wanted ?? records[^1].Moment))
            ?? records.LastOrDefault(record => record.IsWhole && wanted is null)
            ?? throw new BackupException($"no backup of everything in {Location} reaches {wanted?.ToString() ?? "any moment"}");
        LogTime time = wanted ?? reaching.Moment;

        // What was deleted between the last backup before the moment and the next one comes back as of that last one: the log
        // behind it went with the collection.
        BackupRecord before = records.LastOrDefault(record => record.IsWhole && record.Moment <= time) ?? reaching;
        Dictionary<string, LogTime> moments = [];
        foreach (BackupRecord record in new[] { before, reaching })
        {
            foreach (BackupRecord.Collection collection in record.Collections.Where(collection => collection.Description.Created <= time.Microseconds))
            {
                moments[collection.Description.Name] = record.Moment < time ? record.Moment : time;
            }
        }

        string[] names = [.. moments.Keys.Order(StringComparer.Ordinal)];
        List<string> done = [];
        foreach (string name in names)
        {
            try
            {
                await RestoreAsync(records, name, moments[name], name, mayReplace: true, cancellationToken).ConfigureAwait(false);
                done.Add(name);
            }
            catch (OrleansVectorsException failure)
            {
                string others = done.Count == 0 ? "nothing was restored" : $"restored were {string.Join(", ", done)}";
                throw new BackupException($"{failure.Message} ({others})", failure.InnerException);
            }
        }

        await _database.ChangeAliasesAsync(
            [.. before.Aliases.Where(alias => names.Contains(alias.Value)).Select(alias => new AliasAction.Create(alias.Value, alias.Key))], cancellationToken)
            .ConfigureAwait(false);
        return names;
    }

    /// <summary>
    /// Brings collections back into a scratch folder, compares every checksum, counts points and searches for some of them.
    /// </summary>
    /// <param name="id">The backup; null for the newest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was found for each collection: look at <see cref="BackupVerification.Failure"/>.</returns>
    /// <exception cref="BackupException">There is no such backup.</exception>
    public Task<IReadOnlyList<BackupVerification>> VerifyAsync(string? id = null, CancellationToken cancellationToken = default)
        => OneAtATimeAsync<IReadOnlyList<BackupVerification>>(
            async () =>
            {
                IReadOnlyList<BackupRecord> records = await OwnRecordsAsync(cancellationToken).ConfigureAwait(false);
                BackupRecord record = (id is null ? (records is [.., BackupRecord newest] ? newest : null) : records.FirstOrDefault(record => record.Id == id))
                    ?? throw new BackupException(id is null ? $"there is no backup in {Location}" : $"there is no backup {id} in {Location}");
                List<BackupVerification> found = [];
                BackupVerifier verifier = new(_scratch, _partitions);
                foreach (BackupRecord.Collection collection in record.Collections)
                {
                    found.Add(await VerifyAsync(verifier, records, record, collection, cancellationToken).ConfigureAwait(false));
                }

                return found;
            },
            cancellationToken);

    /// <summary>Stops taking backups, and lets the store go.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_scheduler is not null)
        {
            await _scheduler.DisposeAsync().ConfigureAwait(false);
        }

        _options.Store.Dispose();
    }

    /// <summary>Takes the backup that is due, unless nothing has changed since the last; then deletes what is too old.</summary>
    internal async Task TakeScheduledAsync(CancellationToken cancellationToken)
    {
        await CreateAsync(null, onlyIfChanged: true, cancellationToken).ConfigureAwait(false);
        if (_options.Retention is { } retention)
        {
            await OneAtATimeAsync(
                async () =>
                {
                    LogTime limit = new(_partitions.Clock.Last.Microseconds - (long)retention.TotalMicroseconds);
                    IReadOnlyList<BackupRecord> outdated = BackupRetention.Outdated(
                        await OwnRecordsAsync(cancellationToken).ConfigureAwait(false), _databaseId, limit);
                    return outdated.Count == 0
                        ? 0
                        : await new BackupRetention(_options.Store, _catalog).DeleteAsync(outdated, cancellationToken).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<BackupRecord?> CreateAsync(IReadOnlyList<string>? collections, bool onlyIfChanged, CancellationToken cancellationToken)
        => OneAtATimeAsync(
            async () =>
            {
                // Backups of another database are none to go on from.
                IReadOnlyList<BackupRecord> records = [.. (await _catalog.ReadAllAsync(cancellationToken).ConfigureAwait(false)).Where(record => record.Database == _databaseId)];
                IReadOnlyList<LocalCollection> wanted = _database.Local(collections);
                Dictionary<string, string> aliases = _database.Aliases.ToDictionary();
                (IReadOnlyList<CollectionImage> images, List<BackupRecord.Collection> written) = await TakeAsync(records, wanted).ConfigureAwait(false);
                try
                {
                    LogTime time = images.Count > 0 ? images[0].Time : _partitions.Clock.Next();
                    string id = BackupKeys.IdOf(time);
                    BackupWriter writer = new(_options.Store, _scratch);
                    foreach (CollectionImage image in images)
                    {
                        written.Add(await writer.WriteAsync(image, Previous(records, image.Folder), id, cancellationToken).ConfigureAwait(false));
                    }

                    BackupRecord record = new(BackupRecord.CurrentFormat, id, _databaseId, time.Microseconds, collections is null && _database.Unavailable.Count == 0, written, aliases);
                    if (onlyIfChanged && records.LastOrDefault(record => record.IsWhole) is { } last && HoldsTheSame(last, record))
                    {
                        return null;
                    }

                    await _catalog.AddAsync(record, cancellationToken).ConfigureAwait(false);
                    NoteArchived(images, written);
                    return record;
                }
                finally
                {
                    foreach (CollectionImage image in images)
                    {
                        image.Dispose();
                    }
                }
            },
            cancellationToken);

    /// <summary>
    /// Images of what may have changed since its last backup, and what that says of the rest: of collections that are not
    /// loaded, and have not been when the time of the images was taken.
    /// </summary>
    private async Task<(IReadOnlyList<CollectionImage> Images, List<BackupRecord.Collection> Unchanged)> TakeAsync(
        IReadOnlyList<BackupRecord> records, IReadOnlyList<LocalCollection> wanted)
    {
        List<LocalCollection> taken = [.. wanted.Where(collection => Unchanged(records, collection) is null)];
        while (true)
        {
            IReadOnlyList<CollectionImage> images = await CollectionImage.TakeAsync(taken, _partitions.Clock).ConfigureAwait(false);
            List<BackupRecord.Collection> unchanged = [];
            List<LocalCollection> woken = [];
            foreach (LocalCollection collection in wanted.Except(taken))
            {
                if (Unchanged(records, collection) is { } still)
                {
                    unchanged.Add(still);
                }
                else
                {
                    woken.Add(collection);
                }
            }

            if (woken.Count == 0)
            {
                return (images, unchanged);
            }

            foreach (CollectionImage image in images)
            {
                image.Dispose();
            }

            taken.AddRange(woken);
        }
    }

    private static BackupRecord.Collection? Previous(IReadOnlyList<BackupRecord> records, string folder)
        => records.Reverse().SelectMany(record => record.Collections).FirstOrDefault(collection => collection.Folder == folder);

    /// <summary>Whether two backups differ in their times alone.</summary>
    private static bool HoldsTheSame(BackupRecord one, BackupRecord other)
        => one.Collections.Count == other.Collections.Count
            && one.Aliases.OrderBy(alias => alias.Key).SequenceEqual(other.Aliases.OrderBy(alias => alias.Key))
            && one.Collections.Zip(other.Collections).All(pair =>
                pair.First.Folder == pair.Second.Folder
                && pair.First.Description.Since == pair.Second.Description.Since
                && pair.First.Partitions.Zip(pair.Second.Partitions).All(partitions =>
                    partitions.First.Last == partitions.Second.Last && partitions.First.Manifest == partitions.Second.Manifest));

    /// <summary>What the last backup says of a collection that has been unloaded since and not been touched again: it holds now too.</summary>
    private static BackupRecord.Collection? Unchanged(IReadOnlyList<BackupRecord> records, LocalCollection collection)
        => Previous(records, collection.Folder) is { } previous
            && previous.Description.Since == collection.Collection.Stored.Since
            && collection.Partitions.Zip(previous.Partitions).All(pair => !pair.First.IsLoaded && pair.First.LastSequenceWhenUnloaded == pair.Second.Last)
            ? previous
            : null;

    /// <summary>What the store has, logs need not keep.</summary>
    private static void NoteArchived(IReadOnlyList<CollectionImage> images, List<BackupRecord.Collection> written)
    {
        foreach (CollectionImage image in images)
        {
            BackupRecord.Collection archived = written.Single(collection => collection.Folder == image.Folder);
            foreach ((PartitionHold hold, BackupRecord.Partition partition) in image.Holds.Zip(archived.Partitions))
            {
                hold.Partition.NoteArchived(new LogSequence(partition.Last));
            }
        }
    }

    private async Task<DateTimeOffset> RestoreAsync(
        IReadOnlyList<BackupRecord> records, string name, LogTime? moment, string newName, bool mayReplace, CancellationToken cancellationToken)
    {
        (string folder, BackupRecord newest) = FindCollection(records, name, moment);
        LogTime time = moment ?? newest.Moment;
        try
        {
            (CollectionCopy copy, _) = await PlanAsync(records, folder, time, cancellationToken).ConfigureAwait(false);
            await _database.AddAsync(copy, newName, mayReplace, cancellationToken).ConfigureAwait(false);
            return time.ToMoment();
        }
        catch (Exception failure) when (failure is IOException or PartitionException)
        {
            throw new BackupException($"`{name}` as of {time} cannot be restored from {Location}: {failure.Message}", failure);
        }
    }

    /// <summary>The collection that had a name at a moment: of several the one that came last before it.</summary>
    private (string Folder, BackupRecord Newest) FindCollection(IReadOnlyList<BackupRecord> records, string name, LogTime? moment)
    {
        var named = records
            .SelectMany(record => record.Collections.Select(collection => (Record: record, Collection: collection)))
            .Where(held => held.Collection.Description.Name == name)
            .ToList();
        if (named.Count == 0)
        {
            throw new BackupException($"no backup in {Location} holds a collection `{name}`");
        }

        var then = named.Where(held => moment is null || held.Collection.Description.Created <= moment.Value.Microseconds).ToList();
        return then.Count > 0
            ? (then.MaxBy(held => held.Collection.Description.Created).Collection.Folder, then[^1].Record)
            : throw new BackupException(
                $"there was no collection `{name}` at {moment}: it was created at {new LogTime(named.Min(held => held.Collection.Description.Created))}");
    }

    private async Task<(CollectionCopy Copy, long? Points)> PlanAsync(
        IReadOnlyList<BackupRecord> records, string folder, LogTime moment, CancellationToken cancellationToken)
    {
        var held = records
            .SelectMany(record => record.Collections.Where(collection => collection.Folder == folder).Select(collection => (record.Moment, Collection: collection)))
            .ToList();
        BackupRecord.Collection described = held.FirstOrDefault(record => record.Moment >= moment).Collection ?? held[^1].Collection;
        IReadOnlyList<StoredCollection> descriptions = [.. held[^1].Collection.Description.Earlier ?? [], held[^1].Collection.Description];
        LogTime[] removals = [.. descriptions.Zip(descriptions.Skip(1))
            .Where(pair => pair.First.VectorNumbers.Values.Except(pair.Second.VectorNumbers.Values).Any())
            .Select(pair => new LogTime(pair.Second.Since))];
        List<LogTime> changes = [.. descriptions.Select(description => new LogTime(description.Since))];
        if (descriptions[0].Created == 0 && moment < held[0].Moment)
        {
            throw new BackupException($"`{held[0].Collection.Description.Name}` is older than the times in its log: moments before its first backup, {held[0].Moment}, cannot be told apart");
        }

        List<BackupSource> sources = [];
        long? points = 0;
        for (int number = 0; number < described.Partitions.Count; number++)
        {
            BackupPlan plan = BackupPlan.Find(
                BackupKeys.Partition(folder, number), [.. held.Select(record => (record.Moment, record.Collection.Partitions[number]))], moment, changes, removals)
                ?? throw new BackupException(
                    $"no backup of `{described.Description.Name}` in {Location} holds {moment}: they reach from {held[0].Moment} to {held[^1].Moment}, but for what was written when log was given back before a backup had it, and for the moments between the removal of a vector and the checkpoint after it");
            sources.Add(await BackupSource.OpenAsync(_options.Store, plan, _scratch, cancellationToken).ConfigureAwait(false));
            points += plan.Points;
        }

        return (new CollectionCopy(described.Description.At(moment), sources), points);
    }

    private async Task<BackupVerification> VerifyAsync(
        BackupVerifier verifier, IReadOnlyList<BackupRecord> records, BackupRecord record, BackupRecord.Collection collection, CancellationToken cancellationToken)
    {
        string name = collection.Description.Name;
        try
        {
            (CollectionCopy copy, long? points) = await PlanAsync(records, collection.Folder, record.Moment, cancellationToken).ConfigureAwait(false);
            return await verifier.VerifyAsync(copy, points, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or BackupException)
        {
            return new BackupVerification(name, failure.Message, Points: 0, ExpectedPoints: null, Bytes: 0, Searches: 0, Recall: 0);
        }
    }

    private LogTime? Wanted(DateTimeOffset? moment)
    {
        if (moment is not { } wanted)
        {
            return null;
        }

        LogTime now = _partitions.Clock.Next();
        return LogTime.Of(wanted) <= now
            ? LogTime.Of(wanted)
            : throw new BackupException($"{LogTime.Of(wanted)} is in the future: it is {now}");
    }

    private async Task<IReadOnlyList<BackupRecord>> OwnRecordsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupRecord> all = await _catalog.ReadAllAsync(cancellationToken).ConfigureAwait(false);
        List<BackupRecord> own = [.. all.Where(record => record.Database == _databaseId)];
        if (own.Count > 0 || all.Count == 0)
        {
            return own;
        }

        return all.DistinctBy(record => record.Database).Count() == 1
            ? all
            : throw new BackupException($"{Location} holds backups of several databases and none of this one: point --backup-to at the place of one of them");
    }

    private async Task<IReadOnlyList<BackupRecord>> RecordsAsync(CancellationToken cancellationToken)
        => await OneAtATimeAsync(() => OwnRecordsAsync(cancellationToken), cancellationToken).ConfigureAwait(false);

    private async Task<T> OneAtATimeAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or PartitionException)
        {
            throw new BackupException(failure.Message, failure);
        }
        finally
        {
            _one.Release();
        }
    }
}
