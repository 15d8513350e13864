namespace OrleansVectors.Storage.Log;

/// <summary>Where the logs of a database's partitions are kept.</summary>
public interface ILogStore
{
    /// <summary>Opens a partition's log for writing, creating it if it is not there. The last who opens it writes.</summary>
    /// <param name="name">The partition's name, unique in the store for ever; see <see cref="Blobs.BlobKey"/> for its form.</param>
    /// <param name="folder">The partition's folder on this machine.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    IOperationLog Open(string name, string folder, LogOptions options);

    /// <summary>Deletes what is kept of a partition's log outside its folder.</summary>
    void Delete(string name);
}
