namespace OrleansVectors.Storage.Blobs;

/// <summary>A blob as a listing tells of it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Bytes">Its size in bytes.</param>
/// <param name="Modified">When it was put, by the store's clock.</param>
public sealed record BlobEntry(string Key, long Bytes, DateTimeOffset Modified);
