namespace OrleansVectors.Partitions.Doctor;

/// <summary>Where the server that a folder belongs to keeps logs.</summary>
public enum LogPlace
{
    /// <summary>In the partition's folder, so that it must be there.</summary>
    Folder,

    /// <summary>In a database: nothing is said of it, and it is taken to be sound.</summary>
    Elsewhere,
}
