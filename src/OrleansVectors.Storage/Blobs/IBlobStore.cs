namespace OrleansVectors.Storage.Blobs;

/// <summary>
/// Named, immutable blobs: where checkpoints, archived log and backups last longer than a machine. A blob is there whole or
/// not at all, whatever happens while it is put.
/// </summary>
/// <remarks>
/// Keys are paths of segments between slashes (see <see cref="BlobKey"/>). What a store cannot do for a while (no answer, an
/// overloaded server, a full disk) is a <see cref="BlobStoreException"/> after its own retries; nothing is half there then.
/// Safe for concurrent use.
/// </remarks>
public interface IBlobStore : IDisposable
{
    /// <summary>Where it is, for messages: a folder's path, or <c>s3://bucket/prefix</c>. Holds no secret.</summary>
    string Location { get; }

    /// <summary>Puts a blob, replacing one of that key; durable when it returns.</summary>
    Task PutAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default);

    /// <summary>
    /// Puts a blob if there is none of that key. Where the store has no such condition it looks first: two who put at once
    /// may then both succeed, so nothing whose correctness needs more may rest on it alone.
    /// </summary>
    /// <returns>False when there was one; it is unchanged.</returns>
    Task<bool> TryPutNewAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default);

    /// <summary>Puts a file of any size as a blob, replacing one of that key; durable when it returns.</summary>
    Task PutFileAsync(string key, string path, CancellationToken cancellationToken = default);

    /// <summary>Size in bytes of a blob; null when there is none.</summary>
    Task<long?> LengthAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Reads a blob whole, at most <paramref name="bytesMax"/> bytes.</summary>
    /// <exception cref="BlobNotFoundException">There is none.</exception>
    /// <exception cref="BlobStoreException">It is longer, or cannot be read now.</exception>
    Task<byte[]> ReadAsync(string key, int bytesMax, CancellationToken cancellationToken = default);

    /// <summary>
    /// Copies a blob to a file, replacing one of that name; the file is durable and whole when this returns, and not there
    /// when it throws.
    /// </summary>
    /// <exception cref="BlobNotFoundException">There is no such blob.</exception>
    Task ReadToFileAsync(string key, string path, CancellationToken cancellationToken = default);

    /// <summary>All blobs whose keys begin with a prefix, in ordinal order of their keys.</summary>
    IAsyncEnumerable<BlobEntry> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Deletes blobs; those that are not there count as deleted.</summary>
    Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default);
}
