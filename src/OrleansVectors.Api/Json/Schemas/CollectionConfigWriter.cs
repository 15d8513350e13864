using System.Text.Json;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Writes the <c>config</c> of CollectionInfo.</summary>
internal static class CollectionConfigWriter
{
    public static void Write(Utf8JsonWriter writer, CollectionSchema schema)
    {
        writer.WriteStartObject("config"u8);
        WriteParams(writer, schema);
        WriteHnsw(writer, schema);
        WriteOptimizers(writer, schema);
        WriteWal(writer, schema);
        writer.WritePropertyName("quantization_config"u8);
        QuantizationWriter.Write(writer, schema.Quantization);
        writer.WritePropertyName("strict_mode_config"u8);
        writer.WriteRawValue(schema.EchoedSettings.GetValueOrDefault(SettingName.StrictModeConfig, "{\"enabled\":false}"));
        if (schema.MetadataJson is not null)
        {
            writer.WritePropertyName("metadata"u8);
            writer.WriteRawValue(schema.MetadataJson);
        }

        writer.WriteEndObject();
    }

    private static void WriteParams(Utf8JsonWriter writer, CollectionSchema schema)
    {
        writer.WriteStartObject("params"u8);
        writer.WritePropertyName("vectors"u8);
        if (schema.Vectors.Count == 1 && schema.Vectors.TryGetValue("", out VectorSchema? unnamed))
        {
            WriteVector(writer, schema, "", unnamed);
        }
        else
        {
            writer.WriteStartObject();
            foreach ((string name, VectorSchema vector) in schema.Vectors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                writer.WritePropertyName(name);
                WriteVector(writer, schema, name, vector);
            }

            writer.WriteEndObject();
        }

        writer.WriteNumber("shard_number"u8, schema.PartitionCount);
        WriteEchoed(writer, schema, "sharding_method", SettingName.ShardingMethod);
        WriteEchoed(writer, schema, "replication_factor", SettingName.ReplicationFactor, "1");
        WriteEchoed(writer, schema, "write_consistency_factor", SettingName.WriteConsistencyFactor, "1");
        WriteEchoed(writer, schema, "read_fan_out_factor", SettingName.ReadFanOutFactor);
        WriteEchoed(writer, schema, "read_fan_out_delay_ms", SettingName.ReadFanOutDelayMs);
        WriteEchoed(writer, schema, "on_disk_payload", SettingName.OnDiskPayload, "true");
        if (schema.EchoedSettings.TryGetValue(SettingName.PayloadMemory, out string? memory))
        {
            writer.WriteStartObject("payload"u8);
            writer.WritePropertyName("memory"u8);
            writer.WriteRawValue(memory);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteVector(Utf8JsonWriter writer, CollectionSchema schema, string name, VectorSchema vector)
    {
        writer.WriteStartObject();
        writer.WriteNumber("size"u8, vector.Size);
        writer.WriteString("distance"u8, DistanceNames.Of(vector.Metric));
        if (vector.Hnsw is not null)
        {
            writer.WriteStartObject("hnsw_config"u8);
            WriteGraphSettings(writer, vector.Hnsw);
            WriteEchoed(writer, schema, "memory", SettingName.VectorHnswMemory(name));
            writer.WriteEndObject();
        }

        if (vector.Quantization is not (null or { Method: QuantizationMethod.Disabled }))
        {
            writer.WritePropertyName("quantization_config"u8);
            QuantizationWriter.Write(writer, vector.Quantization);
        }

        if (vector.OnDisk is bool onDisk)
            writer.WriteBoolean("on_disk"u8, onDisk);
        if (vector.Memory is { } memory)
            writer.WriteString("memory"u8, MemoryPlacementJson.NameOf(memory));
        else
            WriteEchoed(writer, schema, "memory", SettingName.VectorMemory(name));
        if (vector.Datatype is { } datatype)
            writer.WriteString("datatype"u8, DatatypeJson.NameOf(datatype));
        if (vector.IsMultiVector)
        {
            writer.WriteStartObject("multivector_config"u8);
            writer.WriteString("comparator"u8, "max_sim"u8);
            writer.WriteEndObject();
        }

        VectorIndexJson.Write(writer, vector);
        writer.WriteEndObject();
    }

    private static void WriteHnsw(Utf8JsonWriter writer, CollectionSchema schema)
    {
        writer.WriteStartObject("hnsw_config"u8);
        WriteGraphSettings(writer, HnswSettingsReader.Merge(
            new HnswSettings(
                CollectionDefaults.M,
                CollectionDefaults.EfConstruct,
                CollectionDefaults.FullScanThresholdKb,
                MaxIndexingThreads: 0,
                OnDisk: false),
            schema.Hnsw));
        WriteEchoed(writer, schema, "memory", SettingName.HnswMemory);
        writer.WriteEndObject();
    }

    private static void WriteGraphSettings(Utf8JsonWriter writer, HnswSettings settings)
    {
        WriteNumber(writer, "m", settings.M);
        WriteNumber(writer, "ef_construct", settings.EfConstruct);
        WriteNumber(writer, "full_scan_threshold", settings.FullScanThresholdKb);
        WriteNumber(writer, "max_indexing_threads", settings.MaxIndexingThreads);
        if (settings.OnDisk is bool onDisk)
            writer.WriteBoolean("on_disk"u8, onDisk);
        WriteNumber(writer, "payload_m", settings.PayloadM);
        if (settings.InlineStorage is bool inlineStorage)
            writer.WriteBoolean("inline_storage"u8, inlineStorage);
    }

    private static void WriteOptimizers(Utf8JsonWriter writer, CollectionSchema schema)
    {
        OptimizersConfig config = schema.EchoedSettings.TryGetValue(SettingName.OptimizersConfig, out string? json)
            ? OptimizersConfig.FromJson(json)
            : new OptimizersConfig();
        config = config.Over(new OptimizersConfig
        {
            DeletedThreshold = 0.2,
            VacuumMinVectorNumber = 1_000,
            DefaultSegmentNumber = 0,
            IndexingThreshold = schema.IndexingThresholdKb,
            FlushIntervalSec = 5,
        });
        writer.WritePropertyName("optimizer_config"u8);
        writer.WriteRawValue(config.ToJson());
    }

    private static void WriteWal(Utf8JsonWriter writer, CollectionSchema schema)
    {
        WalConfig config = schema.EchoedSettings.TryGetValue(SettingName.WalConfig, out string? json)
            ? WalConfig.FromJson(json)
            : new WalConfig();
        config = config with
        {
            WalCapacityMb = config.WalCapacityMb ?? 32,
            WalSegmentsAhead = config.WalSegmentsAhead ?? 0,
            WalRetainClosed = config.WalRetainClosed ?? 1,
        };
        writer.WritePropertyName("wal_config"u8);
        writer.WriteRawValue(config.ToJson());
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, int? value)
    {
        if (value is int number)
            writer.WriteNumber(name, number);
    }

    private static void WriteEchoed(
        Utf8JsonWriter writer, CollectionSchema schema, string name, string setting, string? defaultJson = null)
    {
        if ((schema.EchoedSettings.GetValueOrDefault(setting) ?? defaultJson) is string json)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(json);
        }
    }
}
