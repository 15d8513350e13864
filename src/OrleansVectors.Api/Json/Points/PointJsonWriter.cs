using System.Text.Json;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Writes points and the results of writes as the dialect has them.</summary>
internal static class PointJsonWriter
{
    /// <summary>A stored point: <c>{id, payload?, vector?, order_value?}</c>.</summary>
    public static void WriteRecord(
        Utf8JsonWriter writer, PointRecord point, PointProjection projection, CollectionSchema schema, OrderValue? order = null)
    {
        writer.WriteStartObject();
        WriteId(writer, point.Id);
        WriteContent(writer, point, projection, schema, order);
        writer.WriteEndObject();
    }

    /// <summary>A found point: a record with <c>version</c> and <c>score</c>.</summary>
    public static void WriteScored(
        Utf8JsonWriter writer,
        PointRecord point,
        float score,
        PointProjection projection,
        CollectionSchema schema,
        OrderValue? order = null)
    {
        writer.WriteStartObject();
        WriteId(writer, point.Id);
        writer.WriteNumber("version"u8, point.Version);
        writer.WritePropertyName("score"u8);
        WriteScore(writer, score);
        WriteContent(writer, point, projection, schema, order);
        writer.WriteEndObject();
    }

    /// <summary><c>{operation_id, status}</c>.</summary>
    public static void WriteUpdate(Utf8JsonWriter writer, WriteResult result)
    {
        writer.WriteStartObject();
        writer.WriteNumber("operation_id"u8, result.OperationId);
        writer.WriteString("status"u8, result.Status == WriteStatus.Completed ? "completed"u8 : "acknowledged"u8);
        writer.WriteEndObject();
    }

    /// <summary>An id as a value, or null.</summary>
    public static void WriteIdOrNull(Utf8JsonWriter writer, PointId? id)
    {
        if (id is PointId some)
            PointIdJson.Write(writer, some);
        else
            writer.WriteNullValue();
    }

    private static void WriteId(Utf8JsonWriter writer, PointId id)
    {
        writer.WritePropertyName("id"u8);
        PointIdJson.Write(writer, id);
    }

    private static void WriteContent(
        Utf8JsonWriter writer, PointRecord point, PointProjection projection, CollectionSchema schema, OrderValue? order)
    {
        if (point.Payload is not null && projection.Payload.Kind != PayloadSelectionKind.None)
        {
            writer.WritePropertyName("payload"u8);
            projection.Payload.WriteJson(point.Payload.View, writer);
        }

        if (point.Vectors is not null && projection.VectorNames is not { Count: 0 })
        {
            writer.WritePropertyName("vector"u8);
            WriteVectors(writer, point.Vectors, schema);
        }

        if (order is OrderValue value)
        {
            writer.WritePropertyName("order_value"u8);
            if (value.IsInteger)
                writer.WriteNumberValue(value.Integer);
            else
                writer.WriteNumberValue(value.Real);
        }
    }

    /// <summary>The array alone when the collection has the unnamed vector only and the point has it, else an object by name.</summary>
    public static void WriteVectors(Utf8JsonWriter writer, IReadOnlyList<NamedVector> vectors, CollectionSchema schema)
    {
        if (vectors.Count == 1 && vectors[0].Name.Length == 0 && schema.Vectors.Count == 1)
        {
            WriteVector(writer, vectors[0]);
            return;
        }

        writer.WriteStartObject();
        foreach (NamedVector vector in vectors)
        {
            writer.WritePropertyName(vector.Name);
            WriteVector(writer, vector);
        }

        writer.WriteEndObject();
    }

    /// <summary>An array of numbers, of a multi-vector an array of such rows.</summary>
    private static void WriteVector(Utf8JsonWriter writer, NamedVector vector)
    {
        if (vector.Rows == 0)
        {
            WriteFloats(writer, vector.Values.Span);
            return;
        }

        int size = vector.Values.Length / vector.Rows;
        writer.WriteStartArray();
        for (int row = 0; row < vector.Rows; row++)
            WriteFloats(writer, vector.Values.Span.Slice(row * size, size));
        writer.WriteEndArray();
    }

    private static void WriteFloats(Utf8JsonWriter writer, ReadOnlySpan<float> values)
    {
        writer.WriteStartArray();
        foreach (float value in values)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }

    /// <summary>Sums of large components may overflow float32; JSON has no infinity, so the largest number stands for it.</summary>
    private static void WriteScore(Utf8JsonWriter writer, float score)
        => writer.WriteNumberValue(float.IsNaN(score) ? 0f : Math.Clamp(score, float.MinValue, float.MaxValue));
}
