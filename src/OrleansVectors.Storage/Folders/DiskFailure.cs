namespace OrleansVectors.Storage.Folders;

/// <summary>Tells failures of the disk apart.</summary>
public static class DiskFailure
{
    /// <summary>Whether the disk, or the user's share of it, is full.</summary>
    public static bool IsFull(Exception failure) => Posix.IsDiskFull(failure) || (failure.InnerException is { } cause && IsFull(cause));
}
