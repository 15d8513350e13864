using System.Text.Json;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Writes CollectionInfo: state, configuration with its defaults filled in, and payload indexes.</summary>
internal static class CollectionInfoWriter
{
    public static void Write(Utf8JsonWriter writer, (CollectionSchema Schema, CollectionStatistics Statistics) collection)
    {
        (CollectionSchema schema, CollectionStatistics statistics) = collection;
        writer.WriteStartObject();
        writer.WriteString("status"u8, statistics.IndexingPending ? "yellow"u8 : "green"u8);
        writer.WriteString("optimizer_status"u8, "ok"u8);
        WriteWarnings(writer, schema);
        writer.WriteNumber("indexed_vectors_count"u8, statistics.IndexedVectorsCount);
        writer.WriteNumber("points_count"u8, statistics.PointsCount);
        writer.WriteNumber("segments_count"u8, statistics.SegmentsCount);
        CollectionConfigWriter.Write(writer, schema);
        WritePayloadSchema(writer, schema, statistics);
        writer.WriteStartObject("update_queue"u8);
        writer.WriteNumber("length"u8, 0);
        writer.WriteEndObject();
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
