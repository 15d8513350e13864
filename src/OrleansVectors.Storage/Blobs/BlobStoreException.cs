namespace OrleansVectors.Storage.Blobs;

/// <summary>A blob store does not do what it was asked to, for now or because it is set up wrongly.</summary>
public class BlobStoreException(string message, Exception? cause = null) : IOException(message, cause);
