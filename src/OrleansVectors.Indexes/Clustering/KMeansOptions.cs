namespace OrleansVectors.Indexes.Clustering;

/// <summary>How a clustering is made.</summary>
/// <param name="Clusters">How many are wanted; fewer come of fewer rows.</param>
/// <param name="Seed">The same seed, rows and machine give the same centroids, for any parallelism.</param>
/// <param name="Iterations">Passes over the rows.</param>
/// <param name="Parallelism">Threads.</param>
internal readonly record struct KMeansOptions(int Clusters, ulong Seed, int Iterations = KMeansOptions.OrdinaryIterations, int Parallelism = 1)
{
    /// <summary>Passes, unless told otherwise.</summary>
    public const int OrdinaryIterations = 10;

    /// <summary>Rows looked at for each cluster, at most: what the cost of a clustering is bounded by.</summary>
    public const int SamplesPerCluster = 256;

    /// <summary>More clusters than this are made in two levels: groups first, then the clusters of each group.</summary>
    public const int OneLevelMax = 4096;
}
