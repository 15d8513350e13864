namespace OrleansVectors.Collections;

/// <summary>Bounds on what a caller may ask of a collection. Each is named in the error that enforces it.</summary>
public static class CollectionLimits
{
    /// <summary>Components of a vector.</summary>
    public const int VectorSizeMax = 65_536;

    /// <summary>
    /// Components of all vectors of a point together, times the partitions: each takes address space for as many points
    /// as a partition can hold, and a process has 128 TiB of it.
    /// </summary>
    public const long VectorComponentsMax = 262_144;

    /// <summary>
    /// Largest magnitude of a component, but for cosine: squares of differences, summed over the largest vector, stay
    /// within a 32-bit float.
    /// </summary>
    public const float VectorComponentMax = 1e16f;

    /// <summary>Vector names of a collection.</summary>
    public const int VectorNamesMax = 256;

    /// <summary>Characters of a collection, alias or vector name.</summary>
    public const int NameCharsMax = 255;

    /// <summary>Partitions of a collection on one machine.</summary>
    public const int PartitionCountMax = 64;

    /// <summary>Collections of one database.</summary>
    public const int CollectionsMax = 100_000;

    /// <summary>Points in one write.</summary>
    public const int BatchPointsMax = 100_000;

    /// <summary>Points in one answer, the offset included.</summary>
    public const int AnswerPointsMax = 1_000_000;

    /// <summary>Components of all vectors in one answer, as many as its limit allows: half a gigabyte.</summary>
    public const long AnswerComponentsMax = 1 << 27;

    /// <summary>Breadth of a graph walk.</summary>
    public const int HnswEfMax = 65_536;

    /// <summary>Least links per node above level 0, unless it is 0, which means no graph.</summary>
    public const int HnswMMin = 2;

    /// <summary>Most links per node above level 0.</summary>
    public const int HnswMMax = 128;

    /// <summary>Least candidates kept while inserting.</summary>
    public const int EfConstructMin = 4;

    /// <summary>Most candidates kept while inserting.</summary>
    public const int EfConstructMax = 4_096;

    /// <summary>Least kilobytes of vectors below which a scan is preferred to the graph.</summary>
    public const int FullScanThresholdKbMin = 10;

    /// <summary>Declared payload indexes of a collection.</summary>
    public const int PayloadIndexesMax = 1_000;

    /// <summary>Components of all rows of one multi-vector, of a point or of a query.</summary>
    public const int MultiVectorComponentsMax = 1 << 20;

    /// <summary>Largest magnitude of a component of float16.</summary>
    public const float Float16ComponentMax = 65_504;

    /// <summary>Largest component of uint8; the least is 0.</summary>
    public const int UInt8ComponentMax = 255;

    /// <summary>Inverted lists of one vector name in one partition.</summary>
    public const int IvfListsMax = 1_048_576;

    /// <summary>Inverted lists that one search scans.</summary>
    public const int NProbeMax = 65_536;

    /// <summary>Rescored candidates of a search, as a multiple of the points wanted.</summary>
    public const float OversamplingMax = 1_000;

    /// <summary>Least share of the components that scalar codes cover.</summary>
    public const float QuantileMin = 0.5f;

    /// <summary>The smallest share of the nearest points that searches on codes may be asked to find.</summary>
    public const float TargetRecallMin = 0.5f;
}
