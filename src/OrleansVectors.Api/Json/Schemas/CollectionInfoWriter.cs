using System.Text.Json;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Canary;
using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Writes CollectionInfo: state, configuration with its defaults filled in, and payload indexes.</summary>
internal static class CollectionInfoWriter
{
    public static void Write(
        Utf8JsonWriter writer,
        (CollectionSchema Schema, CollectionStatistics Statistics, IReadOnlyDictionary<string, RecallEstimate> Recall) collection)
    {
        (CollectionSchema schema, CollectionStatistics statistics, IReadOnlyDictionary<string, RecallEstimate> recall) = collection;
        writer.WriteStartObject();
        writer.WriteString("status"u8, statistics.Failure is not null ? "red"u8 : statistics.IndexingPending ? "yellow"u8 : "green"u8);
        WriteOptimizerStatus(writer, statistics.Failure);
        WriteWarnings(writer, schema);
        writer.WriteNumber("indexed_vectors_count"u8, statistics.IndexedVectorsCount);
        writer.WriteNumber("points_count"u8, statistics.PointsCount);
        writer.WriteNumber("segments_count"u8, statistics.SegmentsCount);
        CollectionConfigWriter.Write(writer, schema);
        WritePayloadSchema(writer, schema, statistics);
        writer.WriteStartObject("update_queue"u8);
        writer.WriteNumber("length"u8, 0);
        writer.WriteEndObject();
        WriteRecall(writer, recall);
        writer.WriteEndObject();
    }

    /// <summary>A collection that could not be opened: its configuration, and what is wrong.</summary>
    public static void WriteUnavailable(Utf8JsonWriter writer, UnavailableCollection collection)
    {
        writer.WriteStartObject();
        writer.WriteString("status"u8, "red"u8);
        WriteOptimizerStatus(writer, collection.Reason);
        writer.WriteNumber("segments_count"u8, 0);
        CollectionConfigWriter.Write(writer, collection.Schema!);
        writer.WriteStartObject("payload_schema"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteOptimizerStatus(Utf8JsonWriter writer, string? failure)
    {
        if (failure is null)
        {
            writer.WriteString("optimizer_status"u8, "ok"u8);
            return;
        }

        writer.WriteStartObject("optimizer_status"u8);
        writer.WriteString("error"u8, failure);
        writer.WriteEndObject();
    }

    /// <summary>What the canary found, by vector name; nothing before it has looked.</summary>
    private static void WriteRecall(Utf8JsonWriter writer, IReadOnlyDictionary<string, RecallEstimate> recall)
    {
        if (recall.Count == 0)
            return;
        writer.WriteStartObject("recall"u8);
        foreach ((string name, RecallEstimate estimate) in recall.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteStartObject(name);
            writer.WriteNumber("estimate"u8, estimate.Recall);
            writer.WriteNumber("samples"u8, estimate.Samples);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteWarnings(Utf8JsonWriter writer, CollectionSchema schema)
    {
        if (schema.EchoedSettings.GetValueOrDefault(SettingName.ReplicationFactor, "1") is string replicas and not "1")
        {
            writer.WriteStartArray("warnings"u8);
            writer.WriteStartObject();
            writer.WriteString(
                "message"u8, $"replication_factor is {replicas}, but this server holds one copy of each point");
            writer.WriteEndObject();
            writer.WriteEndArray();
        }
    }

    private static void WritePayloadSchema(Utf8JsonWriter writer, CollectionSchema schema, CollectionStatistics statistics)
    {
        writer.WriteStartObject("payload_schema"u8);
        foreach ((string field, PayloadIndexSettings index) in schema.PayloadIndexes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteStartObject(field);
            writer.WriteString("data_type"u8, PayloadIndexReader.NameOf(index.Type));
            if (index.ParametersJson is not null)
            {
                writer.WritePropertyName("params"u8);
                writer.WriteRawValue(index.ParametersJson, skipInputValidation: true);
            }

            writer.WriteNumber("points"u8, statistics.IndexedPointsByField.GetValueOrDefault(field));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
