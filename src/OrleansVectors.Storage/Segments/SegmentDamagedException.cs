namespace OrleansVectors.Storage.Segments;

/// <summary>A segment file, or a chunk in it, is not what was written.</summary>
public sealed class SegmentDamagedException(string file, long offset, string expected, string actual)
    : StorageDamagedException("segment file", file, offset, expected, actual);
