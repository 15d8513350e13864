namespace OrleansVectors.Partitions.Schemas;

/// <summary>What makes searches of a vector name fast. The numbers are stored: never renumber.</summary>
public enum VectorIndexKind : byte
{
    /// <summary>A graph that is walked.</summary>
    Hnsw = 0,

    /// <summary>Nothing: every search scans.</summary>
    Flat = 1,

    /// <summary>Inverted lists around centroids, of which the nearest are scanned.</summary>
    Ivf = 2,
}
