namespace OrleansVectors.Storage.Log;

/// <summary>
/// How much of a log stays that recovery no longer needs: for change streams that resume, and backups that have not taken it
/// yet. Where a log is files, whole ones stay or go.
/// </summary>
/// <param name="Time">Operations at least as old as this may go.</param>
/// <param name="BytesMax">However young they are, they go when the log is larger than this.</param>
public readonly record struct LogRetention(TimeSpan Time, long BytesMax)
{
    /// <summary>Nothing stays.</summary>
    public static LogRetention None => default;
}
