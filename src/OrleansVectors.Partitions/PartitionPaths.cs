namespace OrleansVectors.Partitions;

/// <summary>What lies where in a partition's folder, beside its log (<see cref="Storage.Log.LocalLogs"/>).</summary>
public static class PartitionPaths
{
    /// <summary>The folder of its segment files.</summary>
    public static string Segments(string partitionFolder) => Path.Combine(partitionFolder, "segments");

    /// <summary>The folder of its manifests.</summary>
    public static string Manifests(string partitionFolder) => Path.Combine(partitionFolder, "manifests");
}
