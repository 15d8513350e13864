using OrleansVectors.Collections.Backups;
using OrleansVectors.Collections.Local;
using OrleansVectors.Partitions;

namespace OrleansVectors.Collections;

/// <summary>How a database is opened.</summary>
public sealed record DatabaseOptions
{
    /// <summary>The folder that holds everything; created when missing. One process at a time may hold it.</summary>
    public required string Folder { get; init; }

    /// <summary>Where backups go; null for none.</summary>
    public BackupOptions? Backups { get; init; }

    /// <summary>What becomes of collections that nobody uses.</summary>
    public IdleOptions Idle { get; init; } = new();

    /// <summary>Settings of every partition.</summary>
    public PartitionOptions Partitions { get; init; } = new();
}
