namespace OrleansVectors.Partitions.Schemas;

/// <summary>How much room multi-vectors have in a partition.</summary>
public static class MultiVectorLimits
{
    /// <summary>Rows of one name in one partition, for each point that the partition may hold.</summary>
    public const int LiveRowsPerPoint = 8;

    /// <summary>
    /// Addresses reserved for each point, in rows: the live ones, those of versions that ended and were not reused yet, and
    /// what lies between.
    /// </summary>
    public const int ReservedRowsPerPoint = 16;
}
