using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Collections.Backups;

/// <summary>Where backups of a database go, and when.</summary>
public sealed record BackupOptions
{
    /// <summary>The store; several databases may share one. Disposed with the database.</summary>
    public required IBlobStore Store { get; init; }

    /// <summary>
    /// How often one is taken by itself: the log up to then is safe elsewhere, and everything between two of them can be
    /// restored to any moment. Null for none.
    /// </summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How far back a restore can reach: older backups are deleted when no moment after that needs them. Null keeps all.</summary>
    public TimeSpan? Retention { get; init; }
}
