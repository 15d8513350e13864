using OrleansVectors.Partitions.Binary;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Operations;

/// <summary>
/// Walks over an encoded operation list before it is logged: what is in the log must be applicable, now and by every
/// recovery. Payload bytes are taken as they are; they were checked when they were encoded.
/// </summary>
internal static class OperationCheck
{
    /// <returns>Whether the list may need more memory.</returns>
    /// <exception cref="OperationFormatException">The bytes are not a whole operation list that fits the state's vectors.</exception>
    public static OperationGrowth Check(ReadOnlySpan<byte> operations, PartitionState state)
    {
        ByteReader reader = new(operations);
        byte version = reader.Byte();
        if (version != OperationEncoder.Version)
        {
            throw new OperationFormatException($"operations of version {version}, known is {OperationEncoder.Version}");
        }

        OperationGrowth growth = OperationGrowth.OnlyTakesAway;
        try
        {
            for (int left = reader.Count(); left > 0; left--)
            {
                growth = CheckOne(ref reader, state) is OperationKind.Delete or OperationKind.DeletePayloadKeys or OperationKind.ClearPayload
                    ? growth
                    : OperationGrowth.MayGrow;
            }
        }
        catch (Exception error) when (error is FilterFormatException or PayloadPathException)
        {
            throw new OperationFormatException(error.Message);
        }

        if (!reader.Rest.IsEmpty)
        {
            throw new OperationFormatException($"{reader.Rest.Length} bytes follow the operations");
        }

        return growth;
    }

    private static OperationKind CheckOne(ref ByteReader reader, PartitionState state)
    {
        OperationKind kind = (OperationKind)reader.Byte();
        switch (kind)
        {
            case OperationKind.Upsert:
                reader.Byte();
                CheckOptionalFilter(ref reader);
                CheckPoints(ref reader, state, withPayload: true);
                break;
            case OperationKind.UpdateVectors:
                CheckOptionalFilter(ref reader);
                CheckPoints(ref reader, state, withPayload: false);
                break;
            case OperationKind.Delete or OperationKind.ClearPayload:
                CheckSelection(ref reader);
                break;
            case OperationKind.DeleteVectors:
                CheckSelection(ref reader);
                for (int left = reader.Count(); left > 0; left--)
                {
                    reader.UInt16();
                }

                break;
            case OperationKind.SetPayload:
                CheckSelection(ref reader);
                reader.Bytes();
                if (Flag(ref reader))
                {
                    PayloadPath.Parse(reader.Text());
                }

                break;
            case OperationKind.OverwritePayload:
                CheckSelection(ref reader);
                reader.Bytes();
                break;
            case OperationKind.DeletePayloadKeys:
                CheckSelection(ref reader);
                for (int left = reader.Count(); left > 0; left--)
                {
                    PayloadPath.Parse(reader.Text());
                }

                break;
            default:
                throw new OperationFormatException($"an operation of kind {(byte)kind}");
        }

        return kind;
    }

    private static void CheckPoints(ref ByteReader reader, PartitionState state, bool withPayload)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            reader.Id();
            if (withPayload)
            {
                reader.Bytes();
            }

            for (int vectors = reader.Count(); vectors > 0; vectors--)
            {
                ushort number = reader.UInt16();
                int dim = reader.Floats(reader.Count()).Length;
                if (state.Field(number) is { } field && !field.Schema.Takes(dim))
                {
                    throw new OperationFormatException($"vector {number} has {dim} components, the schema {field.Schema.Dim}");
                }
            }
        }
    }

    private static void CheckSelection(ref ByteReader reader)
    {
        if (Flag(ref reader))
        {
            FilterCodec.Decode(reader.Bytes());
            return;
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            reader.Id();
        }
    }

    private static void CheckOptionalFilter(ref ByteReader reader)
    {
        if (Flag(ref reader))
        {
            FilterCodec.Decode(reader.Bytes());
        }
    }

    private static bool Flag(ref ByteReader reader)
    {
        byte flag = reader.Byte();
        return flag <= 1 ? flag == 1 : throw new OperationFormatException($"a flag of {flag}");
    }
}
