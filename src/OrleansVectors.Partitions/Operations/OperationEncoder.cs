using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Partitions.Binary;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Operations;

/// <summary>
/// Turns operations into the bytes that travel to a partition, lie in its log and leave in its change stream.
/// </summary>
/// <remarks>
/// Format, version 1, little-endian; "count" is an unsigned LEB128, "bytes" a count and that many bytes, "text" is bytes of
/// UTF-8, "id" a u8 (0 number, 1 UUID) and a u64 or two (low, high):
/// <code>
/// list          u8 version, count, operation...        (one log record, applied as one step)
/// operation     u8 kind, then by kind:
///   1 upsert              u8 mode, optional filter, count, (id, bytes payload, vectors)...
///   2 delete              selection
///   3 update vectors      optional filter, count, (id, vectors)...
///   4 delete vectors      selection, count, u16 vector number...
///   5 set payload         selection, bytes payload, optional key (u8 0, or u8 1 and text)
///   6 overwrite payload   selection, bytes payload
///   7 delete keys         selection, count, text key...
///   8 clear payload       selection
/// optional filter  u8 0, or u8 1 and bytes (see FilterCodec)
/// selection        u8 0, count, id...   or   u8 1, bytes filter
/// vectors          count, (u16 vector number, count, f32...)...
/// </code>
/// The floats of a multi-vector are those of its rows, one row after the other: the schema knows how long a row is.
/// Vectors of cosine fields are normalised here, and float16 vectors rounded, so what is logged is what is stored.
/// </remarks>
public static class OperationEncoder
{
    internal const byte Version = 1;

    /// <summary>Encodes a list of operations that passed the collection's validation.</summary>
    public static ReadOnlyMemory<byte> Encode(IReadOnlyList<PointOperation> operations, PartitionSchema schema)
    {
        ByteWriter writer = new();
        writer.Byte(Version);
        writer.Count(operations.Count);
        foreach (PointOperation operation in operations)
        {
            Write(writer, operation, schema);
        }

        return writer.Written;
    }

    private static void Write(ByteWriter writer, PointOperation operation, PartitionSchema schema)
    {
        switch (operation)
        {
            case UpsertPoints upsert:
                writer.Byte((byte)OperationKind.Upsert);
                writer.Byte((byte)upsert.Mode);
                WriteOptional(writer, upsert.UpdateFilter);
                writer.Count(upsert.Points.Count);
                foreach (PointInput point in upsert.Points)
                {
                    writer.Id(point.Id);
                    writer.Bytes(point.Payload.Encoded);
                    WriteVectors(writer, point.Vectors, schema);
                }

                break;
            case DeletePoints delete:
                writer.Byte((byte)OperationKind.Delete);
                WriteSelection(writer, delete.Selection);
                break;
            case UpdateVectors update:
                writer.Byte((byte)OperationKind.UpdateVectors);
                WriteOptional(writer, update.UpdateFilter);
                writer.Count(update.Points.Count);
                foreach (PointVectors point in update.Points)
                {
                    writer.Id(point.Id);
                    WriteVectors(writer, point.Vectors, schema);
                }

                break;
            case DeleteVectors delete:
                writer.Byte((byte)OperationKind.DeleteVectors);
                WriteSelection(writer, delete.Selection);
                writer.Count(delete.Names.Count);
                foreach (string name in delete.Names)
                {
                    writer.UInt16(Field(schema, name).Number);
                }

                break;
            case SetPayload set:
                writer.Byte((byte)OperationKind.SetPayload);
                WriteSelection(writer, set.Selection);
                writer.Bytes(set.Payload.Encoded);
                writer.Byte(set.Key is null ? (byte)0 : (byte)1);
                if (set.Key is not null)
                {
                    writer.Text(set.Key.ToString());
                }

                break;
            case OverwritePayload overwrite:
                writer.Byte((byte)OperationKind.OverwritePayload);
                WriteSelection(writer, overwrite.Selection);
                writer.Bytes(overwrite.Payload.Encoded);
                break;
            case DeletePayloadKeys delete:
                writer.Byte((byte)OperationKind.DeletePayloadKeys);
                WriteSelection(writer, delete.Selection);
                writer.Count(delete.Keys.Count);
                foreach (PayloadPath key in delete.Keys)
                {
                    writer.Text(key.ToString());
                }

                break;
            case ClearPayload clear:
                writer.Byte((byte)OperationKind.ClearPayload);
                WriteSelection(writer, clear.Selection);
                break;
            default:
                throw new ArgumentException($"no encoding for {operation.GetType().Name}", nameof(operation));
        }
    }

    private static void WriteVectors(ByteWriter writer, IReadOnlyList<NamedVector> vectors, PartitionSchema schema)
    {
        writer.Count(vectors.Count);
        foreach (NamedVector vector in vectors)
        {
            VectorFieldSchema field = Field(schema, vector.Name);
            writer.UInt16(field.Number);
            writer.Count(vector.Values.Length);
            Span<float> stored = writer.Floats(vector.Values.Length);
            vector.Values.Span.CopyTo(stored);
            if (field.Metric == DistanceMetric.Cosine)
            {
                for (int at = 0; at < stored.Length; at += field.Dim)
                {
                    VectorDistance.Normalize(stored.Slice(at, field.Dim));
                }
            }

            if (field.Datatype == VectorDatatype.Float16)
            {
                RoundToFloat16(stored);
            }
        }
    }

    private static void RoundToFloat16(Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(Half)values[i];
        }
    }

    private static void WriteSelection(ByteWriter writer, PointSelection selection)
    {
        switch (selection)
        {
            case PointSelection.ByIds byIds:
                writer.Byte(0);
                writer.Count(byIds.Ids.Count);
                foreach (PointId id in byIds.Ids)
                {
                    writer.Id(id);
                }

                break;
            case PointSelection.ByFilter byFilter:
                writer.Byte(1);
                writer.Bytes(FilterCodec.Encode(byFilter.Filter));
                break;
            default:
                throw new ArgumentException($"no encoding for {selection.GetType().Name}", nameof(selection));
        }
    }

    private static void WriteOptional(ByteWriter writer, Filter? filter)
    {
        writer.Byte(filter is null ? (byte)0 : (byte)1);
        if (filter is not null)
        {
            writer.Bytes(FilterCodec.Encode(filter));
        }
    }

    private static VectorFieldSchema Field(PartitionSchema schema, string name)
        => schema.Find(name) ?? throw new ArgumentException($"the schema has no vector `{name}`", nameof(name));
}
