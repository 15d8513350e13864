namespace OrleansVectors.Storage.Blobs;

/// <summary>There is no blob of that key.</summary>
public sealed class BlobNotFoundException(string location, string key, Exception? cause = null)
    : BlobStoreException($"There is no blob '{key}' in {location}.", cause)
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;
}
