namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>An answer that the store means to be final, and of which we know that it is worth asking again.</summary>
internal sealed class S3AgainException(string message, Exception? cause = null) : IOException(message, cause);
