namespace OrleansVectors.Api.Json.Schemas;

/// <summary>
/// Keys of <see cref="OrleansVectors.Collections.Schemas.CollectionSchema.EchoedSettings"/>; the values are JSON. They are
/// stored: never rename.
/// </summary>
internal static class SettingName
{
    public const string OnDiskPayload = "on_disk_payload";
    public const string PayloadMemory = "payload_memory";
    public const string ReplicationFactor = "replication_factor";
    public const string WriteConsistencyFactor = "write_consistency_factor";
    public const string ReadFanOutFactor = "read_fan_out_factor";
    public const string ReadFanOutDelayMs = "read_fan_out_delay_ms";
    public const string ShardingMethod = "sharding_method";
    public const string OptimizersConfig = "optimizers_config";
    public const string WalConfig = "wal_config";
    public const string StrictModeConfig = "strict_mode_config";
    public const string HnswMemory = "hnsw_memory";

    /// <summary>A vector's <c>memory</c>, in documents from before it was a setting of its own.</summary>
    public static string VectorMemory(string vectorName) => "vector_memory:" + vectorName;

    /// <summary>A vector's <c>hnsw_config.memory</c>.</summary>
    public static string VectorHnswMemory(string vectorName) => "vector_hnsw_memory:" + vectorName;
}
