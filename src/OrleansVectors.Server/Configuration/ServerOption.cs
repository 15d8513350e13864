namespace OrleansVectors.Server.Configuration;

/// <summary>One option, however it is given.</summary>
/// <param name="Key">Its name in a configuration file, under <c>OrleansVectors</c>.</param>
/// <param name="Argument">Its name on the command line.</param>
/// <param name="Variable">Its name in the environment.</param>
/// <param name="Placeholder">What the value is, for the usage text.</param>
/// <param name="Description">What it decides, with its default.</param>
internal sealed record ServerOption(string Key, string Argument, string Variable, string Placeholder, string Description)
{
    public static readonly ServerOption Data = new(
        "Data", "--data", "OV_DATA", "DIR", "Folder that holds everything; created when missing. Default: ./data");

    public static readonly ServerOption Urls = new(
        "Urls", "--urls", "OV_URLS", "URLS",
        "Addresses to listen on, separated by ';'. Loopback only. Default: http://127.0.0.1:6333");

    public static readonly ServerOption Durability = new(
        "Durability", "--durability", "OV_DURABILITY", "flush|os",
        "What an acknowledged write survives: flush, a loss of power; os, a crash of this process. Default: flush");

    public static readonly ServerOption IndexingThreads = new(
        "IndexingThreads", "--indexing-threads", "OV_INDEXING_THREADS", "N",
        "Threads that build graphs; 0 takes the number of processors. Default: 0");

    public static readonly ServerOption CheckpointLogBytes = new(
        "CheckpointLogBytes", "--checkpoint-log-bytes", "OV_CHECKPOINT_LOG_BYTES", "BYTES",
        "Log of a partition after which a checkpoint begins. Default: 67108864 (64 MiB)");

    public static readonly ServerOption LogRetentionHours = new(
        "LogRetentionHours", "--log-retention-hours", "OV_LOG_RETENTION_HOURS", "HOURS",
        "How long changes stay in the log of a partition for consumers of its changes to resume. Default: 24");

    public static readonly ServerOption LogRetentionBytes = new(
        "LogRetentionBytes", "--log-retention-bytes", "OV_LOG_RETENTION_BYTES", "BYTES",
        "Log of a partition that is kept for that at most; 0 keeps what a restart needs alone. Default: 268435456 (256 MiB)");

    public static readonly ServerOption LogTo = new(
        "LogTo", "--log-to", "OV_LOG_TO", "CONNECTION",
        "A PostgreSQL database that keeps the logs, as 'Host=...;Database=...;Username=...'; give a password by PGPASSWORD or PGPASSFILE. Default: the data folder");

    public static readonly ServerOption CheckpointsTo = new(
        "CheckpointsTo", "--checkpoints-to", "OV_CHECKPOINTS_TO", "PLACE",
        "Where checkpoints are kept besides the data folder, which is then a cache of them: a folder or s3://bucket/prefix?endpoint=.... Default: nowhere");

    public static readonly ServerOption IdleMinutes = new(
        "IdleMinutes", "--idle-minutes", "OV_IDLE_MINUTES", "MINUTES",
        "After how long without a call a collection is unloaded from memory, until the next call; 0 for never. Default: 0");

    public static readonly ServerOption CacheBytes = new(
        "CacheBytes", "--cache-bytes", "OV_CACHE_BYTES", "BYTES",
        "What unloaded collections may keep in the data folder, with --checkpoints-to; beyond it those used longest ago are fetched again by their next call. Default: no limit");

    public static readonly ServerOption BackupTo = new(
        "BackupTo", "--backup-to", "OV_BACKUP_TO", "PLACE",
        "Where backups go: a folder, or s3://bucket/prefix?endpoint=http://host:port&region=name. Default: none");

    public static readonly ServerOption BackupEverySeconds = new(
        "BackupEverySeconds", "--backup-every-seconds", "OV_BACKUP_EVERY_SECONDS", "SECONDS",
        "How often what has changed is backed up by itself; 0 for never. Default: 60");

    public static readonly ServerOption BackupKeepHours = new(
        "BackupKeepHours", "--backup-keep-hours", "OV_BACKUP_KEEP_HOURS", "HOURS",
        "How far back a restore can reach before backups are deleted; 0 keeps all. Default: 168 (a week)");

    public static readonly ServerOption MemoryBytes = new(
        "MemoryBytes", "--memory-bytes", "OV_MEMORY_BYTES", "BYTES",
        "Memory the process may hold: near it writes slow down, past it they are answered with 507; 0 for no limit. Default: four fifths of what there is");

    public static readonly ServerOption BodyBytesMax = new(
        "BodyBytesMax", "--body-bytes-max", "OV_BODY_BYTES_MAX", "BYTES",
        "Largest body of a request. Default: 67108864 (64 MiB)");

    /// <summary>All options that a configuration file may hold.</summary>
    public static IReadOnlyList<ServerOption> All { get; } =
        [
            Data, Urls, Durability, IndexingThreads, CheckpointLogBytes, LogRetentionHours, LogRetentionBytes,
            LogTo, CheckpointsTo, IdleMinutes, CacheBytes, BackupTo, BackupEverySeconds, BackupKeepHours, MemoryBytes, BodyBytesMax,
        ];
}
