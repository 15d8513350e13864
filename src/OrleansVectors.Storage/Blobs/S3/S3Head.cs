namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>What a store says of a blob.</summary>
/// <param name="Bytes">Its size in bytes.</param>
/// <param name="Put">The put that brought it (see <see cref="S3Marks"/>); null when it was none of ours.</param>
internal sealed record S3Head(long Bytes, string? Put);
