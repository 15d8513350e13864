namespace OrleansVectors.Partitions.Tests.Reclaiming;

/// <summary>How the points of a collection are turned over.</summary>
public enum Churn
{
    /// <summary>Random points are replaced under their own ids.</summary>
    RandomReplacement,

    /// <summary>The oldest points go, new ids come.</summary>
    SlidingWindow,

    /// <summary>Points near each other go, others come somewhere else.</summary>
    ClusterDeletion,

    /// <summary>Everything goes, then everything comes again.</summary>
    DeleteAllRefill,

    /// <summary>One point is written over and over.</summary>
    HotKey,
}
