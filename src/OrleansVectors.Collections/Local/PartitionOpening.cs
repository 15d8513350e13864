using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Indexing;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Storage.Blobs;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Collections.Local;

/// <summary>How a partition is opened, now and whenever it has been unloaded.</summary>
/// <param name="root">The database's folder of collections.</param>
/// <param name="folder">Name of the collection's folder in it.</param>
/// <param name="number">The partition's number.</param>
/// <param name="schema">Its schema as of then.</param>
/// <param name="options">Settings.</param>
/// <param name="indexing">The process's indexing threads.</param>
internal sealed class PartitionOpening(
    string root, string folder, int number, Func<PartitionSchema> schema, PartitionOptions options, IndexingPool indexing)
{
    /// <summary>What the name of a folder begins with that is being deleted.</summary>
    public const string EvictedPrefix = "evicted-";

    private readonly string _path = CollectionPaths.Partition(root, folder, number);
    private readonly string _name = CollectionPaths.PartitionName(folder, number);

    /// <summary>
    /// Whether there is something to open without fetching anything: a checkpoint or a log on this machine's disk, or a log
    /// that is elsewhere. Files without either are what a crash left of a copy.
    /// </summary>
    public bool IsAtHand => IsOnDisk || !IsLogOnDisk;

    /// <summary>Whether it can be brought back when it is not on this machine's disk.</summary>
    public bool IsElsewhere => options.Checkpoints is not null;

    private bool IsLogOnDisk => options.Logs is LocalLogs;

    private bool IsOnDisk => HasFiles(PartitionPaths.Manifests(_path)) || HasFiles(LocalLogs.FolderOf(_path));

    /// <summary>Opens it; what its folder lacks is fetched first, where checkpoints are kept elsewhere too.</summary>
    public async Task<Partition> OpenAsync(CancellationToken cancellationToken)
    {
        // Where the log lies in the folder, nobody else writes and the folder has the newest of everything.
        bool isWhole = IsOnDisk && IsLogOnDisk;
        if (options.Checkpoints is { } store && !isWhole)
        {
            try
            {
                await Partition.FetchCheckpointAsync(_path, _name, store, cancellationToken).ConfigureAwait(false);
            }
            catch (BlobStoreException) when (IsOnDisk)
            {
                // The log will tell whether what is here reaches far enough.
            }
        }

        return Partition.Open(_path, schema(), options, indexing, _name);
    }

    /// <summary>Bytes of its files on this machine's disk.</summary>
    public long DiskBytes()
        => Directory.Exists(_path) ? new DirectoryInfo(_path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : 0;

    /// <summary>Deletes its files from this machine's disk, all or none: what a crash leaves has a name that opening clears away.</summary>
    public void DeleteFolder()
    {
        if (Directory.Exists(_path))
        {
            string leftover = Path.Combine(root, $"{EvictedPrefix}{Guid.NewGuid():N}");
            Directory.Move(_path, leftover);
            Directory.Delete(leftover, recursive: true);
        }
    }

    private static bool HasFiles(string path) => Directory.Exists(path) && Directory.EnumerateFiles(path).Any();
}
