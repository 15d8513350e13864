using OrleansVectors.Storage.Blobs;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Partitions;

/// <summary>Settings of a partition that are the host's, not the schema's.</summary>
public sealed record PartitionOptions
{
    /// <summary>Whether an acknowledged write has reached the disk, or only the operating system.</summary>
    public Durability Durability { get; init; } = Durability.Flush;

    /// <summary>Threads that insert into graphs, in the whole process; 0 takes the number of processors.</summary>
    public int IndexingThreads { get; init; }

    /// <summary>
    /// Points one partition holds at most. The same at every opening: a replay of the log under another bound would take
    /// and refuse other writes than were answered.
    /// </summary>
    public uint PointsMax { get; init; } = 1 << 23;

    /// <summary>Bytes of vectors that may wait for a graph, in one partition; beyond it writes wait for indexing.</summary>
    public long UnindexedBytesMax { get; init; } = 512L << 20;

    /// <summary>
    /// The same while searches come in, each of which scans what waits: about as long as a walk takes. Beyond it a write waits
    /// until as many vectors have been indexed as it brings.
    /// </summary>
    public long UnindexedBytesMaxWhileSearched { get; init; } = 1L << 19;

    /// <summary>How long a write waits for indexing before it is refused.</summary>
    public TimeSpan UnindexedWaitMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a write waits for the room of ended versions, when there is no other, before it is refused.</summary>
    public TimeSpan ReclaimingWaitMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bytes of memory the whole process may hold; near it writes slow down, past it those that need memory are refused,
    /// while reads and deletions go on. 0 for no limit.
    /// </summary>
    public long MemoryBytesMax { get; init; }

    /// <summary>Where logs are kept.</summary>
    public ILogStore Logs { get; init; } = LocalLogs.Instance;

    /// <summary>
    /// Where checkpoints are put besides the partition's folder, which is then a cache: log is given back only when they are
    /// there. Null for nowhere.
    /// </summary>
    public IBlobStore? Checkpoints { get; init; }

    /// <summary>What stamps writes; one for the whole process, so that a moment is a consistent cut of all that is open.</summary>
    public LogClock Clock { get; init; } = new(TimeProvider.System);

    /// <summary>Log that stays though no recovery wants it, for consumers of changes and for backups.</summary>
    public LogRetention LogRetention { get; init; } = LogRetention.None;

    /// <summary>Whether backups are going to be taken again and again, so that log which none has taken yet is kept for the next.</summary>
    public bool AwaitsBackups { get; init; }

    /// <summary>Log bytes after the last checkpoint that start the next one, at least.</summary>
    public long CheckpointLogBytes { get; init; } = 64L << 20;
}
