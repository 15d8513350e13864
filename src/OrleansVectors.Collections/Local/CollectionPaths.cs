namespace OrleansVectors.Collections.Local;

/// <summary>What a collection's partitions are called, on disk and where logs or blobs of many are kept together.</summary>
internal static class CollectionPaths
{
    /// <summary>A partition's folder.</summary>
    /// <param name="root">The database's folder of collections.</param>
    /// <param name="folder">Name of the collection's folder in it.</param>
    /// <param name="number">The partition's number.</param>
    public static string Partition(string root, string folder, int number) => Path.Combine(root, folder, $"partition-{number}");

    /// <summary>A partition's name.</summary>
    public static string PartitionName(string folder, int number) => $"{folder}/partition-{number}";
}
