using OrleansVectors.Collections.Control;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Indexing;
using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Storage.Blobs;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Collections.Local;

/// <summary>A collection whose partitions are folders of this machine, opened by this process.</summary>
internal sealed class LocalCollection : IAsyncDisposable
{
    private LocalCollection(string folder, Collection collection, IReadOnlyList<LocalPartition> partitions, IReadOnlyList<RecoveryReport> recoveries)
    {
        Folder = folder;
        Collection = collection;
        Recoveries = recoveries;
        Partitions = partitions;
    }

    /// <summary>Name of the folder below the database's <c>collections</c>.</summary>
    public string Folder { get; }

    public Collection Collection { get; }

    /// <summary>The partitions, by number.</summary>
    public IReadOnlyList<LocalPartition> Partitions { get; }

    /// <summary>What opening each partition found; nothing of those that were not opened.</summary>
    public IReadOnlyList<RecoveryReport> Recoveries { get; }

    /// <summary>Opens a collection. Partitions that are elsewhere alone are left for the first call to bring back.</summary>
    /// <param name="root">The database's folder of collections.</param>
    /// <param name="folder">Name of the collection's folder in it.</param>
    /// <param name="stored">Its description.</param>
    /// <param name="isNew">Whether it has just been described, so that there is nothing of it yet.</param>
    /// <param name="options">Settings of its partitions.</param>
    /// <param name="indexing">The process's indexing threads.</param>
    /// <param name="tryReplace">Saves a changed description; false when the collection has been deleted.</param>
    /// <exception cref="IOException">It cannot be opened, or its files are gone.</exception>
    public static async Task<LocalCollection> OpenAsync(
        string root, string folder, StoredCollection stored, bool isNew, PartitionOptions options, IndexingPool indexing, Func<StoredCollection, bool> tryReplace)
    {
        Collection? collection = null;
        List<LocalPartition> partitions = [];
        List<RecoveryReport> recoveries = [];
        try
        {
            for (int number = 0; number < stored.Schema.PartitionCount; number++)
            {
                PartitionOpening opening = new(
                    root, folder, number, () => (collection?.Stored ?? stored).ToPartitionSchema(), options, indexing);
                if (isNew || opening.IsAtHand)
                {
                    partitions.Add(await OpenAsync(opening, mayWait: !isNew).ConfigureAwait(false));
                    recoveries.AddRange(partitions[^1].Loaded is { } opened ? [opened.Recovery] : []);
                }
                else
                {
                    partitions.Add(opening.IsElsewhere
                        ? LocalPartition.Unloaded(opening)
                        : throw new FilesGoneException(CollectionPaths.Partition(root, folder, number)));
                }
            }
        }
        catch
        {
            foreach (LocalPartition partition in partitions)
            {
                await partition.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }

        collection = new Collection(stored, partitions, options.Clock, (changed, _) => Replace(changed, tryReplace));
        return new LocalCollection(folder, collection, partitions, recoveries);
    }

    private static Task Replace(StoredCollection changed, Func<StoredCollection, bool> tryReplace)
    {
        try
        {
            return tryReplace(changed)
                ? Task.CompletedTask
                : throw new PartitionUnavailableException($"the collection `{changed.Name}` has been deleted");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskRefusal.Of(failure);
        }
    }

    /// <summary>Where what it needs does not answer now, the first call after that has changed opens it.</summary>
    private static async Task<LocalPartition> OpenAsync(PartitionOpening opening, bool mayWait)
    {
        try
        {
            return await LocalPartition.OpenAsync(opening).ConfigureAwait(false);
        }
        catch (IOException away) when (mayWait && away is BlobStoreException or LogRefusedException)
        {
            return LocalPartition.Unloaded(opening);
        }
    }

    /// <summary>Closes it without caring for its files, which are going to be deleted.</summary>
    public async ValueTask AbandonAsync()
    {
        foreach (LocalPartition partition in Partitions)
        {
            await partition.AbandonAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (LocalPartition partition in Partitions)
        {
            await partition.DisposeAsync().ConfigureAwait(false);
        }
    }
}
