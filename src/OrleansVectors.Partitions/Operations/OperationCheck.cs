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
    /// <returns>What the list needs at most.</returns>
    /// <exception cref="OperationFormatException">The bytes are not a whole operation list that fits the state's vectors.</exception>
    public static OperationNeed Check(ReadOnlySpan<byte> operations, PartitionState state)
    {
        ByteReader reader = new(operations);
        byte version = reader.Byte();
        if (version != OperationEncoder.Version)
        {
            throw new OperationFormatException($"operations of version {version}, known is {OperationEncoder.Version}");
        }

        OperationGrowth growth = OperationGrowth.OnlyTakesAway;
        OperationDemand demand = new(state);
        try
        {
            for (int left = reader.Count(); left > 0; left--)
            {
                growth = CheckOne(ref reader, state, ref demand) is OperationKind.Delete or OperationKind.DeleteVectors or OperationKind.DeletePayloadKeys or OperationKind.ClearPayload
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

        return new OperationNeed(growth, demand.Versions, demand.PayloadBytes);
    }

    private static OperationKind CheckOne(ref ByteReader reader, PartitionState state, ref OperationDemand demand)
    {
        OperationKind kind = (OperationKind)reader.Byte();
        switch (kind)
        {
            case OperationKind.Upsert:
                reader.Byte();
                CheckOptionalFilter(ref reader);
                CheckPoints(ref reader, state, withPayload: true, ref demand);
                break;
            case OperationKind.UpdateVectors:
                CheckOptionalFilter(ref reader);
                CheckPoints(ref reader, state, withPayload: false, ref demand);
                break;
            case OperationKind.Delete:
                CheckSelection(ref reader);
                break;
            case OperationKind.ClearPayload:
                demand.Rewrites(CheckSelection(ref reader), addedBytes: 0);
                break;
            case OperationKind.DeleteVectors:
                demand.Renews(CheckSelection(ref reader));
                for (int left = reader.Count(); left > 0; left--)
                {
                    reader.UInt16();
                }

                break;
            case OperationKind.SetPayload:
                long? patched = CheckSelection(ref reader);
                demand.Rewrites(patched, reader.Bytes().Length);
                if (Flag(ref reader))
                {
                    PayloadPath.Parse(reader.Text());
                }

                break;
            case OperationKind.OverwritePayload:
                long? overwritten = CheckSelection(ref reader);
                demand.Rewrites(overwritten, reader.Bytes().Length);
                break;
            case OperationKind.DeletePayloadKeys:
                demand.Rewrites(CheckSelection(ref reader), addedBytes: 0);
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

    private static void CheckPoints(ref ByteReader reader, PartitionState state, bool withPayload, ref OperationDemand demand)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            reader.Id();
            if (withPayload)
            {
                demand.Stores(reader.Bytes().Length);
            }
            else
            {
                demand.Renews(1);
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

    /// <returns>Points selected; null when a filter decides.</returns>
    private static long? CheckSelection(ref ByteReader reader)
    {
        if (Flag(ref reader))
        {
            FilterCodec.Decode(reader.Bytes());
            return null;
        }

        int count = reader.Count();
        for (int left = count; left > 0; left--)
        {
            reader.Id();
        }

        return count;
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
