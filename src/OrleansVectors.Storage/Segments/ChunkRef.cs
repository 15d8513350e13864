namespace OrleansVectors.Storage.Segments;

/// <summary>Where a chunk's bytes are, and what they must sum to.</summary>
/// <param name="Segment">The file.</param>
/// <param name="Offset">Byte offset in it, a multiple of <see cref="SegmentFormat.PageBytes"/>.</param>
/// <param name="Length">Bytes of the chunk; zeros follow up to a whole page.</param>
/// <param name="Crc32C">Checksum of the bytes without the zeros.</param>
public readonly record struct ChunkRef(SegmentId Segment, long Offset, int Length, uint Crc32C);
