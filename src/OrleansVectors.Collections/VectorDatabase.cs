using System.Diagnostics.CodeAnalysis;
using OrleansVectors.Collections.Backups;
using OrleansVectors.Collections.Canary;
using OrleansVectors.Collections.Control;
using OrleansVectors.Collections.Copies;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Local;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Collections.Validation;
using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Indexing;
using OrleansVectors.Storage.Folders;
using OrleansVectors.Storage.Manifests;

namespace OrleansVectors.Collections;

/// <summary>A folder of collections, opened by one process: the in-process library's entry point.</summary>
/// <remarks>
/// On disk: <c>LOCK</c>, <c>control</c> (a document for each collection, one for the aliases, one for the database's own name), <c>scratch</c> (files on
/// their way, cleared at opening) and <c>collections</c> (a folder for each, under a name of ours, never the user's). A collection is made by writing its document last and
/// deleted by deleting its document first; folders without a document are what a crash left, or somebody took the document away: they are removed a week later.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose of.")]
public sealed class VectorDatabase : IAsyncDisposable
{
    /// <summary>How long a folder without a description is kept: it may be the description that was lost.</summary>
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(7);

    /// <summary>Log behind the last checkpoint from which a clone takes another first, rather than copying it: a second's work.</summary>
    private const long CloneLogBytesMax = 16L << 20;

    /// <summary>What a collection is called whose document cannot be read; its folder's name follows.</summary>
    private const string UnreadablePrefix = "unreadable-";

    private readonly DatabaseOptions _options;
    private readonly FolderLock _lock;
    private readonly ControlStore _control;
    private readonly IndexingPool _indexing;
    private readonly SemaphoreSlim _change = new(1, 1);

    // Replaced whole under _change; read without it.
    private volatile Dictionary<string, LocalCollection> _collections = [];
    private volatile Dictionary<string, string> _aliases = [];
    private volatile Dictionary<string, UnavailableCollection> _unavailable = [];
    private RecallCanary? _canary;
    private IdleKeeper? _idle;
    private bool _disposed;

    private VectorDatabase(DatabaseOptions options, FolderLock folderLock, ControlStore control)
    {
        _options = options with { Partitions = options.Partitions with { AwaitsBackups = options.Backups?.Interval is not null } };
        _lock = folderLock;
        _control = control;
        _indexing = new IndexingPool(options.Partitions.IndexingThreads);
    }

    /// <summary>Names of all collections, those that could not be opened included, ordered.</summary>
    public IReadOnlyList<string> CollectionNames => [.. _collections.Keys.Concat(_unavailable.Keys).Order(StringComparer.Ordinal)];

    /// <summary>Collections that could not be opened, and why.</summary>
    public IReadOnlyList<UnavailableCollection> Unavailable => [.. _unavailable.Values];

    /// <summary>All aliases with the collections they point at, ordered by alias.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Aliases => [.. _aliases.OrderBy(alias => alias.Key, StringComparer.Ordinal)];

    /// <summary>What opening found, for each collection that was there.</summary>
    public IReadOnlyList<CollectionRecovery> Recoveries { get; private set; } = [];

    /// <summary>Backups, clones' elder siblings; null when no store for them was given.</summary>
    public DatabaseBackups? Backups { get; private set; }

    private string CollectionsFolder => Path.Combine(_options.Folder, "collections");

    /// <summary>
    /// Opens or creates the database; when it returns every collection answers, but for those that could not be opened
    /// (<see cref="Unavailable"/>): they keep their files and names, and nobody else from working.
    /// </summary>
    /// <exception cref="FolderLockedException">Another process holds the folder.</exception>
    /// <exception cref="Storage.StorageDamagedException">The aliases' document is damaged.</exception>
    /// <exception cref="IOException">The folder cannot be made, read or written.</exception>
    public static async Task<VectorDatabase> OpenAsync(DatabaseOptions options, CancellationToken cancellationToken = default)
    {
        FolderLock folderLock = FolderLock.Acquire(options.Folder);
        VectorDatabase? database = null;
        try
        {
            database = new VectorDatabase(options, folderLock, new ControlStore(Path.Combine(options.Folder, "control")));
            await database.OpenCollectionsAsync(cancellationToken).ConfigureAwait(false);
            database._canary = new RecallCanary(
                () => [.. database._collections.Values.Select(collection => collection.Collection)], Environment.TickCount);
            if (options.Idle.UnloadAfter is not null)
            {
                database._idle = new IdleKeeper(options.Idle, () => database._collections.Values);
            }

            if (options.Backups is { } backups)
            {
                database.Backups = new DatabaseBackups(
                    database, backups, database._options.Partitions, Path.Combine(options.Folder, "scratch"), database._control.DatabaseId());
            }

            return database;
        }
        catch
        {
            if (database is not null)
            {
                await database.DisposeAsync().ConfigureAwait(false);
            }

            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Creates an empty collection; durable when it returns.</summary>
    /// <exception cref="CollectionExistsException">The name is taken by a collection or an alias.</exception>
    /// <exception cref="LimitViolatedException">The name or the schema is out of bounds.</exception>
    public async Task CreateCollectionAsync(string name, CollectionSchema schema, CancellationToken cancellationToken = default)
    {
        NameValidator.Check("collection_name", name);
        SchemaValidator.Check(schema);
        await ChangeAsync(
            async () =>
            {
                ThrowIfTaken(name);
                if (_collections.Count >= CollectionLimits.CollectionsMax)
                {
                    throw new LimitViolatedException(
                        "collections", $"{_collections.Count + 1}", $"must be at most {CollectionLimits.CollectionsMax}");
                }

                StoredCollection stored = StoredCollection.Create(name, schema, _options.Partitions.Clock.Next());
                string folder = Guid.CreateVersion7().ToString("N");
                LocalCollection opened;
                try
                {
                    opened = await OpenAsync(folder, stored, isNew: true).ConfigureAwait(false);
                }
                catch (NativeMemoryException memory)
                {
                    throw new PartitionUnavailableException(memory.Message, memory);
                }

                try
                {
                    _control.Save(folder, stored);
                }
                catch
                {
                    await opened.DisposeAsync().ConfigureAwait(false);
                    throw;
                }

                _collections = new Dictionary<string, LocalCollection>(_collections) { [name] = opened };
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes a branch of a collection as it is now, under a new name: files that do not change are shared with the original,
    /// what is written to either later is its own. Takes about as long as a checkpoint, whatever the size.
    /// </summary>
    /// <exception cref="CollectionNotFoundException">There is no such collection.</exception>
    /// <exception cref="CollectionExistsException">The new name is taken.</exception>
    public async Task CloneCollectionAsync(string nameOrAlias, string newName, CancellationToken cancellationToken = default)
    {
        NameValidator.Check("new_collection_name", newName);
        string source = GetCollection(nameOrAlias).Name;
        ThrowIfTaken(newName);
        LocalCollection original = _collections.GetValueOrDefault(source) ?? throw new CollectionNotFoundException(source);
        try
        {
            foreach (LocalPartition partition in original.Partitions)
            {
                using PartitionHold hold = await partition.HoldAsync().ConfigureAwait(false);
                if (hold.Partition.UncheckpointedBytes > CloneLogBytesMax)
                {
                    await hold.Partition.CheckpointAsync().ConfigureAwait(false);
                }
            }

            using CollectionImage image = (await CollectionImage.TakeAsync([original], _options.Partitions.Clock).ConfigureAwait(false))[0];
            await AddAsync(new CollectionCopy(image.Stored, [.. image.Partitions.Select(partition => new ImageSource(partition))]), newName, mayReplace: false, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (PartitionException failure)
        {
            throw new PartitionUnavailableException(failure.Message, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskRefusal.Of(failure);
        }
    }

    /// <summary>Deletes a collection, its data and its aliases. False when there is none.</summary>
    public async Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken = default)
    {
        bool exists = false;
        await ChangeAsync(
            async () =>
            {
                exists = _collections.TryGetValue(name, out LocalCollection? deleted);
                if (deleted is null)
                {
                    exists = await DeleteUnavailableAsync(name).ConfigureAwait(false);
                    return;
                }

                _control.Delete(deleted.Folder);
                Dictionary<string, LocalCollection> rest = new(_collections);
                rest.Remove(name);
                _collections = rest;
                Dictionary<string, string> aliases = _aliases.Where(alias => alias.Value != name).ToDictionary();
                if (aliases.Count != _aliases.Count)
                {
                    SaveAliases(aliases);
                }

                await deleted.AbandonAsync().ConfigureAwait(false);
                await DeleteFilesAsync(deleted.Folder, deleted.Collection.Schema).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return exists;
    }

    /// <summary>Finds a collection by its name or an alias.</summary>
    public bool TryGetCollection(string nameOrAlias, [NotNullWhen(true)] out Collection? collection)
    {
        string name = _aliases.GetValueOrDefault(nameOrAlias, nameOrAlias);
        collection = _collections.GetValueOrDefault(name)?.Collection;
        return collection is not null;
    }

    /// <summary>Finds a collection by its name or an alias.</summary>
    /// <exception cref="CollectionNotFoundException">There is none.</exception>
    /// <exception cref="CollectionUnavailableException">It could not be opened.</exception>
    public Collection GetCollection(string nameOrAlias)
        => TryGetCollection(nameOrAlias, out Collection? collection) ? collection
            : FindUnavailable(nameOrAlias) is { } broken ? throw new CollectionUnavailableException(broken.Name, broken.Reason)
            : throw new CollectionNotFoundException(nameOrAlias);

    /// <summary>Finds a collection that could not be opened, by its name or an alias; null when there is none.</summary>
    public UnavailableCollection? FindUnavailable(string nameOrAlias)
        => _unavailable.GetValueOrDefault(_aliases.GetValueOrDefault(nameOrAlias, nameOrAlias));

    /// <summary>Changes aliases, all steps together; durable when it returns.</summary>
    /// <exception cref="CollectionNotFoundException">A collection or an alias to delete or rename does not exist; nothing was changed.</exception>
    /// <exception cref="CollectionExistsException">An alias would have the name of a collection; nothing was changed.</exception>
    public Task ChangeAliasesAsync(IReadOnlyList<AliasAction> actions, CancellationToken cancellationToken = default)
        => ChangeAsync(
            () =>
            {
                Dictionary<string, string> aliases = new(_aliases);
                foreach (AliasAction action in actions)
                {
                    Apply(action, aliases);
                }

                SaveAliases(aliases);
                return Task.CompletedTask;
            },
            cancellationToken);

    /// <summary>Stops background work and closes every file. Acknowledged writes need no closing to survive.</summary>
    public async ValueTask DisposeAsync()
    {
        await _change.WaitAsync().ConfigureAwait(false);
        bool isFirst = !_disposed;
        _disposed = true;
        _change.Release();
        if (!isFirst)
        {
            return;
        }

        if (_idle is not null)
        {
            await _idle.DisposeAsync().ConfigureAwait(false);
        }

        if (Backups is not null)
        {
            await Backups.DisposeAsync().ConfigureAwait(false);
        }

        if (_canary is not null)
        {
            await _canary.DisposeAsync().ConfigureAwait(false);
        }

        foreach (LocalCollection collection in _collections.Values)
        {
            await collection.DisposeAsync().ConfigureAwait(false);
        }

        _collections = [];
        _options.Partitions.Checkpoints?.Dispose();
        _indexing.Dispose();
        _lock.Dispose();
    }

    private void Apply(AliasAction action, Dictionary<string, string> aliases)
    {
        switch (action)
        {
            case AliasAction.Create create:
                NameValidator.Check("alias_name", create.AliasName);
                if (IsTaken(create.AliasName))
                {
                    throw new CollectionExistsException(create.AliasName);
                }

                aliases[create.AliasName] = _collections.ContainsKey(create.CollectionName)
                    ? create.CollectionName
                    : throw new CollectionNotFoundException(create.CollectionName);
                break;
            case AliasAction.Delete delete:
                if (!aliases.Remove(delete.AliasName))
                {
                    throw new AliasNotFoundException(delete.AliasName);
                }

                break;
            case AliasAction.Rename rename:
                NameValidator.Check("new_alias_name", rename.NewAliasName);
                if (IsTaken(rename.NewAliasName))
                {
                    throw new CollectionExistsException(rename.NewAliasName);
                }

                aliases[rename.NewAliasName] = aliases.Remove(rename.OldAliasName, out string? collection)
                    ? collection
                    : throw new AliasNotFoundException(rename.OldAliasName);
                break;
            default:
                throw new ArgumentException($"no meaning for {action.GetType().Name}", nameof(action));
        }
    }

    private void SaveAliases(Dictionary<string, string> aliases)
    {
        _control.Save(new StoredAliases(aliases));
        _aliases = aliases;
    }

    private async Task OpenCollectionsAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, LocalCollection> opened = [];
        Dictionary<string, UnavailableCollection> unavailable = [];
        List<(string Folder, StoredCollection? Stored, IOException? Failure)> documents = [.. _control.Collections()];
        HashSet<string> replaced = [.. documents.Select(document => document.Stored?.Replaces).OfType<string>()];
        foreach ((string folder, StoredCollection? description, IOException? failure) in documents)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (replaced.Contains(folder))
            {
                continue;
            }

            if (description is null)
            {
                string name = UnreadablePrefix + folder;
                unavailable[name] = new UnavailableCollection(name, failure!.Message, Schema: null) { Folder = folder };
                continue;
            }

            try
            {
                opened[description.Name] = await OpenAsync(folder, description, isNew: false).ConfigureAwait(false);
                _collections = opened;
            }
            catch (Exception damage) when (damage is IOException or UnauthorizedAccessException or PartitionException or NativeMemoryException)
            {
                unavailable[description.Name] = new UnavailableCollection(description.Name, damage.Message, description.Schema) { Folder = folder };
            }
        }

        // A crash came between their successors' coming and their going. They go when those are open.
        HashSet<string> superseded = [.. opened.Values.Select(collection => collection.Collection.Stored.Replaces).OfType<string>()];
        foreach ((string folder, StoredCollection? description, _) in documents.Where(document => superseded.Contains(document.Folder)))
        {
            _control.Delete(folder);
            if (description is not null)
            {
                await DeleteFilesAsync(folder, description.Schema).ConfigureAwait(false);
            }
        }

        _unavailable = unavailable;

        // Aliases of a collection that a crash caught between its deletion and theirs lead nowhere, and must not lead to a
        // later collection of that name. Where a document cannot be read, its collection's name is not known: all stay then.
        StoredAliases stored = _control.Aliases();
        bool isComplete = unavailable.Values.All(broken => broken.Schema is not null);
        _aliases = stored.Collections.Where(alias => !isComplete || IsTaken(alias.Value)).ToDictionary();
        if (_aliases.Count != stored.Collections.Count)
        {
            SaveAliases(_aliases);
        }

        Recoveries = [.. opened.Values.Select(collection => new CollectionRecovery(collection.Collection.Name, collection.Recoveries))];
        RemoveLeftovers([.. opened.Values.Select(collection => collection.Folder), .. unavailable.Values.Select(broken => broken.Folder), .. replaced.Except(superseded)]);
    }

    /// <summary>A collection by its own name; null when there is none that is open.</summary>
    internal LocalCollection? Find(string name) => _collections.GetValueOrDefault(name);

    /// <summary>Collections by their names or aliases; null for all that are open.</summary>
    internal IReadOnlyList<LocalCollection> Local(IReadOnlyList<string>? names)
        => [.. names is null
            ? _collections.Values
            : names.Select(GetCollection).Select(collection => collection.Name).Distinct()
                .Select(name => _collections.GetValueOrDefault(name) ?? throw new CollectionNotFoundException(name))];

    /// <summary>Makes a collection from a copy and opens it; with leave, in the place of one that has the name.</summary>
    internal async Task AddAsync(CollectionCopy copy, string name, bool mayReplace, CancellationToken cancellationToken)
    {
        string folder = Guid.CreateVersion7().ToString("N");
        try
        {
            await copy.WriteAsync(CollectionsFolder, folder, _options.Partitions, cancellationToken).ConfigureAwait(false);
            await ChangeAsync(() => AddAsync(copy, name, folder, mayReplace), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (_collections.GetValueOrDefault(name)?.Folder != folder && !_control.Has(folder))
            {
                await DeleteFilesAsync(folder, copy.Stored.Schema).ConfigureAwait(false);
            }

            throw;
        }
    }

    private async Task AddAsync(CollectionCopy copy, string name, string folder, bool mayReplace)
    {
        if (!mayReplace)
        {
            ThrowIfTaken(name);
        }
        else if (_aliases.ContainsKey(name))
        {
            throw new CollectionExistsException(name);
        }

        LocalCollection? replaced = _collections.GetValueOrDefault(name);
        UnavailableCollection? broken = _unavailable.GetValueOrDefault(name);
        long now = _options.Partitions.Clock.Next().Microseconds;
        StoredCollection stored = copy.Stored with
        {
            Name = name,
            Since = now,
            Created = now,
            Earlier = null,
            Replaces = replaced?.Folder ?? broken?.Folder,
        };
        LocalCollection opened = await OpenAsync(folder, stored, isNew: false).ConfigureAwait(false);
        try
        {
            _control.Save(folder, stored);
        }
        catch
        {
            // The document may have got its name before something failed. If it cannot be taken back, it counts, and so its
            // files stay for the next opening.
            await opened.DisposeAsync().ConfigureAwait(false);
            _control.Delete(folder);
            throw;
        }

        _collections = new Dictionary<string, LocalCollection>(_collections) { [name] = opened };
        if (broken is not null)
        {
            _unavailable = _unavailable.Where(other => other.Key != name).ToDictionary();
            _control.Delete(broken.Folder);
            await DeleteFilesAsync(broken.Folder, broken.Schema ?? stored.Schema).ConfigureAwait(false);
        }

        if (replaced is not null)
        {
            _control.Delete(replaced.Folder);
            await replaced.AbandonAsync().ConfigureAwait(false);
            await DeleteFilesAsync(replaced.Folder, replaced.Collection.Schema).ConfigureAwait(false);
        }
    }

    private void ThrowIfTaken(string name)
    {
        if (IsTaken(name) || _aliases.ContainsKey(name))
        {
            throw new CollectionExistsException(name);
        }
    }

    private bool IsTaken(string name) => _collections.ContainsKey(name) || _unavailable.ContainsKey(name);

    /// <summary>Deletes a collection that could not be opened, if its document can be read; false when there is none of that name.</summary>
    private async Task<bool> DeleteUnavailableAsync(string name)
    {
        if (!_unavailable.TryGetValue(name, out UnavailableCollection? broken))
        {
            return false;
        }

        if (broken.Schema is null)
        {
            throw new CollectionUnavailableException(broken.Name, broken.Reason);
        }

        _control.Delete(broken.Folder);
        _unavailable = _unavailable.Where(other => other.Key != name).ToDictionary();
        SaveAliases(_aliases.Where(alias => alias.Value != name).ToDictionary());
        await DeleteFilesAsync(broken.Folder, broken.Schema).ConfigureAwait(false);
        return true;
    }

    /// <summary>Deletes what is left of a collection whose document is gone, or never came to be.</summary>
    private async Task DeleteFilesAsync(string folder, CollectionSchema schema)
    {
        string path = Path.Combine(CollectionsFolder, folder);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        for (int number = 0; number < schema.PartitionCount; number++)
        {
            string name = CollectionPaths.PartitionName(folder, number);
            try
            {
                _options.Partitions.Logs.Delete(name);
                if (_options.Partitions.Checkpoints is { } store)
                {
                    await new CheckpointArchive(store, name).DeleteAsync().ConfigureAwait(false);
                }
            }
            catch (IOException)
            {
                // The collection is gone all the same; what is left elsewhere is an orphan, and stands in nobody's way.
            }
        }
    }

    private void RemoveLeftovers(HashSet<string> known)
    {
        FolderCreation.Ensure(CollectionsFolder);
        foreach (string path in Directory.EnumerateDirectories(CollectionsFolder).ToList())
        {
            string folder = Path.GetFileName(path);
            bool isEvicted = folder.StartsWith(PartitionOpening.EvictedPrefix, StringComparison.Ordinal);
            if (!known.Contains(folder) && (isEvicted || Directory.GetLastWriteTimeUtc(path) < DateTime.UtcNow - LeftoverAge))
            {
                Directory.Delete(path, recursive: true);
            }
        }
    }

    private Task<LocalCollection> OpenAsync(string folder, StoredCollection stored, bool isNew)
        => LocalCollection.OpenAsync(CollectionsFolder, folder, stored, isNew, _options.Partitions, _indexing, changed => _control.TryReplace(folder, changed));

    private async Task ChangeAsync(Func<Task> change, CancellationToken cancellationToken)
    {
        await _change.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            await change().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskRefusal.Of(failure);
        }
        finally
        {
            _change.Release();
        }
    }
}
