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

    public static readonly ServerOption MemoryBytes = new(
        "MemoryBytes", "--memory-bytes", "OV_MEMORY_BYTES", "BYTES",
        "Memory the process may hold: near it writes slow down, past it they are answered with 507; 0 for no limit. Default: four fifths of what there is");

    public static readonly ServerOption BodyBytesMax = new(
        "BodyBytesMax", "--body-bytes-max", "OV_BODY_BYTES_MAX", "BYTES",
        "Largest body of a request. Default: 67108864 (64 MiB)");

    /// <summary>All options that a configuration file may hold.</summary>
    public static IReadOnlyList<ServerOption> All { get; } =
        [Data, Urls, Durability, IndexingThreads, CheckpointLogBytes, MemoryBytes, BodyBytesMax];
}
