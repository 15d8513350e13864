namespace OrleansVectors.Collections.Local;

/// <summary>What becomes of collections that nobody uses.</summary>
public sealed record IdleOptions
{
    /// <summary>After how long without a call a partition is closed, to be brought back by the next; null for never.</summary>
    public TimeSpan? UnloadAfter { get; init; }

    /// <summary>
    /// Bytes of files that closed partitions may keep on this machine, where checkpoints are elsewhere too; beyond it those that
    /// were used longest ago are deleted here. Null for no limit.
    /// </summary>
    public long? CacheBytesMax { get; init; }
}
