using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Storage.Manifests;

/// <summary>A range of memory that was written out in chunks.</summary>
/// <param name="UsedBytes">How much of the range is in use.</param>
/// <param name="ChunkBytes">Every chunk but the last has this many bytes, so chunk i begins at i times this.</param>
/// <param name="Chunks">The chunks in order.</param>
public sealed record ManifestRegion(long UsedBytes, int ChunkBytes, IReadOnlyList<ChunkRef> Chunks);
