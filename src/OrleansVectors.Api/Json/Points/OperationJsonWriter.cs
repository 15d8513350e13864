using System.Text.Json;
using OrleansVectors.Api.Json.Filters;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Writes operations as <see cref="OperationListJsonReader"/> reads them, so that what one collection tells another can be sent.</summary>
internal static class OperationJsonWriter
{
    /// <summary>Names of operations, as a batch and a stream of changes have them.</summary>
    public static IReadOnlyDictionary<string, Type> Kinds { get; } = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["upsert"] = typeof(UpsertPoints),
        ["delete"] = typeof(DeletePoints),
        ["set_payload"] = typeof(SetPayload),
        ["overwrite_payload"] = typeof(OverwritePayload),
        ["delete_payload"] = typeof(DeletePayloadKeys),
        ["clear_payload"] = typeof(ClearPayload),
        ["update_vectors"] = typeof(UpdateVectors),
        ["delete_vectors"] = typeof(DeleteVectors),
    };

    /// <summary>Writes <c>{upsert | delete | ...}</c>.</summary>
    public static void Write(Utf8JsonWriter writer, PointOperation operation, CollectionSchema schema)
    {
        writer.WriteStartObject();
        writer.WriteStartObject(Kinds.First(kind => kind.Value == operation.GetType()).Key);
        switch (operation)
        {
            case UpsertPoints upsert:
                WriteUpsert(writer, upsert, schema);
                break;
            case DeletePoints delete:
                WriteSelection(writer, delete.Selection);
                break;
            case SetPayload set:
                WritePayload(writer, set.Payload);
                WriteSelection(writer, set.Selection);
                if (set.Key is PayloadPath key)
                    writer.WriteString("key"u8, key.ToString());
                break;
            case OverwritePayload overwrite:
                WritePayload(writer, overwrite.Payload);
                WriteSelection(writer, overwrite.Selection);
                break;
            case DeletePayloadKeys delete:
                WriteStrings(writer, "keys"u8, delete.Keys.Select(path => path.ToString()));
                WriteSelection(writer, delete.Selection);
                break;
            case ClearPayload clear:
                WriteSelection(writer, clear.Selection);
                break;
            case UpdateVectors update:
                writer.WriteStartArray("points"u8);
                foreach (PointVectors point in update.Points)
                    WritePoint(writer, point.Id, point.Vectors, payload: null, schema);
                writer.WriteEndArray();
                WriteUpdateFilter(writer, update.UpdateFilter);
                break;
            case DeleteVectors delete:
                WriteStrings(writer, "vector"u8, delete.Names);
                WriteSelection(writer, delete.Selection);
                break;
            default:
                throw new ArgumentException($"no JSON for {operation.GetType().Name}", nameof(operation));
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteUpsert(Utf8JsonWriter writer, UpsertPoints upsert, CollectionSchema schema)
    {
        writer.WriteStartArray("points"u8);
        foreach (PointInput point in upsert.Points)
            WritePoint(writer, point.Id, point.Vectors, point.Payload, schema);
        writer.WriteEndArray();
        WriteUpdateFilter(writer, upsert.UpdateFilter);
        if (upsert.Mode != UpsertMode.Upsert)
            writer.WriteString("update_mode"u8, upsert.Mode == UpsertMode.InsertOnly ? "insert_only"u8 : "update_only"u8);
    }

    private static void WritePoint(
        Utf8JsonWriter writer, PointId id, IReadOnlyList<NamedVector> vectors, PayloadDocument? payload, CollectionSchema schema)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("id"u8);
        PointIdJson.Write(writer, id);
        writer.WritePropertyName("vector"u8);
        PointJsonWriter.WriteVectors(writer, vectors, schema);
        if (payload is not null)
            WritePayload(writer, payload);
        writer.WriteEndObject();
    }

    private static void WritePayload(Utf8JsonWriter writer, PayloadDocument payload)
    {
        writer.WritePropertyName("payload"u8);
        payload.WriteJson(writer);
    }

    private static void WriteSelection(Utf8JsonWriter writer, PointSelection selection)
    {
        switch (selection)
        {
            case PointSelection.ByIds byIds:
                writer.WriteStartArray("points"u8);
                foreach (PointId id in byIds.Ids)
                    PointIdJson.Write(writer, id);
                writer.WriteEndArray();
                break;
            case PointSelection.ByFilter byFilter:
                WriteFilter(writer, "filter"u8, byFilter.Filter);
                break;
            default:
                throw new ArgumentException($"no JSON for {selection.GetType().Name}", nameof(selection));
        }
    }

    private static void WriteUpdateFilter(Utf8JsonWriter writer, Filter? filter)
    {
        if (filter is not null)
            WriteFilter(writer, "update_filter"u8, filter);
    }

    private static void WriteFilter(Utf8JsonWriter writer, ReadOnlySpan<byte> name, Filter filter)
    {
        writer.WritePropertyName(name);
        FilterJsonWriter.Write(writer, filter);
    }

    private static void WriteStrings(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
