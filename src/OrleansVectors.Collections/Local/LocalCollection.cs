using OrleansVectors.Collections.Control;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Indexing;
using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Collections.Local;

/// <summary>A collection whose partitions are folders of this machine, opened by this process.</summary>
internal sealed class LocalCollection : IAsyncDisposable
{
    private readonly List<LocalPartition> _partitions;

    private LocalCollection(string folder, Collection collection, List<LocalPartition> partitions, IReadOnlyList<RecoveryReport> recoveries)
    {
        Folder = folder;
        Collection = collection;
        Recoveries = recoveries;
        _partitions = partitions;
    }

    /// <summary>Name of the folder below the database's <c>collections</c>.</summary>
    public string Folder { get; }

    public Collection Collection { get; }

    /// <summary>The partitions themselves, by number.</summary>
    public IEnumerable<Partition> Partitions => _partitions.Select(partition => partition.Partition);

    /// <summary>What opening each partition found.</summary>
    public IReadOnlyList<RecoveryReport> Recoveries { get; }

    /// <param name="root">The database's folder of collections.</param>
    /// <param name="folder">Name of the collection's folder in it.</param>
    /// <param name="stored">Its description.</param>
    /// <param name="options">Settings of its partitions.</param>
    /// <param name="indexing">The process's indexing threads.</param>
    /// <param name="tryReplace">Saves a changed description; false when the collection has been deleted.</param>
    public static async Task<LocalCollection> OpenAsync(
        string root, string folder, StoredCollection stored, PartitionOptions options, IndexingPool indexing, Func<StoredCollection, bool> tryReplace)
    {
        PartitionSchema schema = stored.ToPartitionSchema();
        List<LocalPartition> partitions = [];
        List<RecoveryReport> recoveries = [];
        try
        {
            for (int number = 0; number < stored.Schema.PartitionCount; number++)
            {
                Partition partition = Partition.Open(
                    CollectionPaths.Partition(root, folder, number), schema, options, indexing, CollectionPaths.PartitionName(folder, number));
                partitions.Add(new LocalPartition(partition));
                recoveries.Add(partition.Recovery);
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

        Collection collection = new(stored, partitions, options.Clock, (changed, _) => tryReplace(changed)
            ? Task.CompletedTask
            : throw new PartitionUnavailableException($"the collection `{stored.Name}` has been deleted"));
        return new LocalCollection(folder, collection, partitions, recoveries);
    }

    /// <summary>Closes it without caring for its files, which are going to be deleted.</summary>
    public async ValueTask AbandonAsync()
    {
        foreach (LocalPartition partition in _partitions)
        {
            await partition.AbandonAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (LocalPartition partition in _partitions)
        {
            await partition.DisposeAsync().ConfigureAwait(false);
        }
    }
}
