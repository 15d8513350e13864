using OrleansVectors.Api.Errors;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Reads the body that creates a collection.</summary>
internal static class CreateCollectionReader
{
    /// <summary>The schema the body describes.</summary>
    public static CollectionSchema Read(ReadOnlySpan<byte> body)
    {
        var cursor = new JsonCursor(body);
        var echoed = new EchoedSettingsBuilder();
        var schema = new CollectionSchema { Vectors = new Dictionary<string, VectorSchema>() };
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("vectors"u8))
                schema = schema with { Vectors = VectorSchemaReader.ReadAll(ref cursor, echoed) };
            else if (cursor.NameIs("shard_number"u8))
                schema = schema with { PartitionCount = cursor.GetInt32OrNull(1, CollectionLimits.PartitionCountMax) ?? 1 };
            else if (cursor.NameIs("hnsw_config"u8))
                schema = schema with { Hnsw = ReadHnsw(ref cursor, echoed) };
            else if (cursor.NameIs("optimizers_config"u8))
                schema = WithOptimizers(schema, ref cursor, echoed);
            else if (cursor.NameIs("quantization_config"u8))
                schema = schema with { Quantization = QuantizationReader.Read(ref cursor) };
            else if (cursor.NameIs("metadata"u8))
                schema = schema with { MetadataJson = Metadata.Read(ref cursor) };
            else if (!TryReadEchoed(ref cursor, echoed))
                throw cursor.UnknownMember();
        }

        cursor.EndDocument();
        return schema with { EchoedSettings = echoed.Settings };
    }

    private static bool TryReadEchoed(ref JsonCursor cursor, EchoedSettingsBuilder echoed)
    {
        if (cursor.NameIs("sharding_method"u8))
            ReadShardingMethod(ref cursor, echoed);
        else if (cursor.NameIs("replication_factor"u8))
            echoed.Number(SettingName.ReplicationFactor, cursor.GetInt32OrNull(1, int.MaxValue));
        else if (cursor.NameIs("write_consistency_factor"u8))
            echoed.Number(SettingName.WriteConsistencyFactor, cursor.GetInt32OrNull(1, int.MaxValue));
        else if (cursor.NameIs("on_disk_payload"u8))
            echoed.Flag(SettingName.OnDiskPayload, cursor.GetBooleanOrNull());
        else if (cursor.NameIs("payload"u8))
            echoed.Word(SettingName.PayloadMemory, ReadPayloadStorage(ref cursor));
        else if (cursor.NameIs("wal_config"u8))
            ReadWal(ref cursor, echoed);
        else if (cursor.NameIs("strict_mode_config"u8))
            ReadStrictMode(ref cursor, echoed);
        else if (cursor.NameIs("sparse_vectors"u8))
            UnsupportedSettings.ReadSparseVectors(ref cursor);
        else
            return false;
        return true;
    }

    /// <summary><c>strict_mode_config</c>, here and in a change.</summary>
    public static void ReadStrictMode(ref JsonCursor cursor, EchoedSettingsBuilder echoed)
    {
        if (!cursor.IsNull)
            echoed.Json(SettingName.StrictModeConfig, StrictModeReader.Read(ref cursor));
    }

    /// <summary><c>payload: {memory}</c>, here and in a change.</summary>
    public static string? ReadPayloadStorage(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return null;
        string? memory = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (!cursor.NameIs("memory"u8))
                throw cursor.UnknownMember();
            memory = MemoryPlacementJson.Read(ref cursor);
        }

        return memory;
    }

    private static HnswSettings ReadHnsw(ref JsonCursor cursor, EchoedSettingsBuilder echoed)
    {
        if (cursor.IsNull)
            return new HnswSettings();
        HnswSettings settings = HnswSettingsReader.Read(ref cursor, out string? memory);
        echoed.Word(SettingName.HnswMemory, memory);
        return settings;
    }

    private static CollectionSchema WithOptimizers(
        CollectionSchema schema, ref JsonCursor cursor, EchoedSettingsBuilder echoed)
    {
        if (cursor.IsNull)
            return schema;
        OptimizersConfig config = OptimizersConfig.Read(ref cursor);
        echoed.Json(SettingName.OptimizersConfig, config.ToJson());
        return schema with { IndexingThresholdKb = config.IndexingThresholdKb ?? schema.IndexingThresholdKb };
    }

    private static void ReadWal(ref JsonCursor cursor, EchoedSettingsBuilder echoed)
    {
        if (!cursor.IsNull)
            echoed.Json(SettingName.WalConfig, WalConfig.Read(ref cursor).ToJson());
    }

    private static void ReadShardingMethod(ref JsonCursor cursor, EchoedSettingsBuilder echoed)
    {
        string? method = cursor.GetOneOfOrNull("auto", "custom");
        if (method == "custom")
            throw BadRequestException.Unsupported("shards chosen by key");
        echoed.Word(SettingName.ShardingMethod, method);
    }
}
