namespace OrleansVectors.Storage.Segments;

/// <summary>What ends a segment file; see <see cref="SegmentFormat"/>.</summary>
internal readonly record struct SegmentTrailer(long TableOffset, int Chunks, uint TableCrc);
