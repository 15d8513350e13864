using OrleansVectors.Partitions.Binary;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Operations;

/// <summary>
/// Turns the bytes of <see cref="OperationEncoder"/> back into operations, for those who read the log to tell others of it.
/// Vectors whose names the schema no longer has are left out.
/// </summary>
internal static class OperationDecoder
{
    /// <summary>Decodes a list of operations.</summary>
    /// <exception cref="OperationFormatException">The bytes are no such list.</exception>
    public static IReadOnlyList<PointOperation> Decode(ReadOnlySpan<byte> encoded, PartitionSchema schema)
    {
        ByteReader reader = new(encoded);
        byte version = reader.Byte();
        if (version != OperationEncoder.Version)
        {
            throw new OperationFormatException($"operations of version {version}, known is {OperationEncoder.Version}");
        }

        List<PointOperation> operations = [];
        for (int left = reader.Count(); left > 0; left--)
        {
            operations.Add(ReadOne(ref reader, schema));
        }

        return operations;
    }

    private static PointOperation ReadOne(ref ByteReader reader, PartitionSchema schema)
    {
        OperationKind kind = (OperationKind)reader.Byte();
        switch (kind)
        {
            case OperationKind.Upsert:
                UpsertMode mode = (UpsertMode)reader.Byte();
                Filter? upsertFilter = OptionalFilter(ref reader);
                return new UpsertPoints(Points(ref reader, schema), mode, upsertFilter);
            case OperationKind.Delete:
                return new DeletePoints(Selection(ref reader));
            case OperationKind.UpdateVectors:
                Filter? updateFilter = OptionalFilter(ref reader);
                List<PointVectors> updated = [];
                for (int left = reader.Count(); left > 0; left--)
                {
                    PointId id = reader.Id();
                    updated.Add(new PointVectors(id, Vectors(ref reader, schema)));
                }

                return new UpdateVectors(updated, updateFilter);
            case OperationKind.DeleteVectors:
                PointSelection bereft = Selection(ref reader);
                List<string> names = [];
                for (int left = reader.Count(); left > 0; left--)
                {
                    if (Find(schema, reader.UInt16()) is { } field)
                    {
                        names.Add(field.Name);
                    }
                }

                return new DeleteVectors(bereft, names);
            case OperationKind.SetPayload:
                PointSelection patched = Selection(ref reader);
                PayloadDocument patch = Payload(ref reader);
                return new SetPayload(patched, patch, reader.Byte() == 0 ? null : PayloadPath.Parse(reader.Text()));
            case OperationKind.OverwritePayload:
                PointSelection overwritten = Selection(ref reader);
                return new OverwritePayload(overwritten, Payload(ref reader));
            case OperationKind.DeletePayloadKeys:
                PointSelection shortened = Selection(ref reader);
                List<PayloadPath> keys = [];
                for (int left = reader.Count(); left > 0; left--)
                {
                    keys.Add(PayloadPath.Parse(reader.Text()));
                }

                return new DeletePayloadKeys(shortened, keys);
            case OperationKind.ClearPayload:
                return new ClearPayload(Selection(ref reader));
            default:
                throw new OperationFormatException($"an operation of kind {(byte)kind}");
        }
    }

    private static List<PointInput> Points(ref ByteReader reader, PartitionSchema schema)
    {
        List<PointInput> points = [];
        for (int left = reader.Count(); left > 0; left--)
        {
            PointId id = reader.Id();
            PayloadDocument payload = Payload(ref reader);
            points.Add(new PointInput(id, Vectors(ref reader, schema), payload));
        }

        return points;
    }

    private static List<NamedVector> Vectors(ref ByteReader reader, PartitionSchema schema)
    {
        List<NamedVector> vectors = [];
        for (int left = reader.Count(); left > 0; left--)
        {
            ushort number = reader.UInt16();
            ReadOnlySpan<float> values = reader.Floats(reader.Count());
            if (Find(schema, number) is { } field)
            {
                vectors.Add(new NamedVector(field.Name, values.ToArray(), field.IsMultiVector ? values.Length / field.Dim : 0));
            }
        }

        return vectors;
    }

    private static PayloadDocument Payload(ref ByteReader reader)
    {
        ReadOnlySpan<byte> encoded = reader.Bytes();
        return encoded.IsEmpty ? PayloadDocument.Empty : PayloadDocument.FromTrusted(encoded.ToArray());
    }

    private static PointSelection Selection(ref ByteReader reader)
    {
        if (reader.Byte() != 0)
        {
            return new PointSelection.ByFilter(FilterCodec.Decode(reader.Bytes()));
        }

        List<PointId> ids = [];
        for (int left = reader.Count(); left > 0; left--)
        {
            ids.Add(reader.Id());
        }

        return new PointSelection.ByIds(ids);
    }

    private static Filter? OptionalFilter(ref ByteReader reader) => reader.Byte() == 0 ? null : FilterCodec.Decode(reader.Bytes());

    private static VectorFieldSchema? Find(PartitionSchema schema, ushort number)
        => schema.Vectors.FirstOrDefault(field => field.Number == number);
}
