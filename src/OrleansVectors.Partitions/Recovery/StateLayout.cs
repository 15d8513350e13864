using OrleansVectors.Partitions.Binary;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Vectors;
using OrleansVectors.Partitions.Writing;

namespace OrleansVectors.Partitions.Recovery;

/// <summary>Which regions and small states make up a partition in a manifest, and under which names.</summary>
/// <remarks>
/// Regions: <c>rows</c> (48 bytes a version, see PointRow), <c>ids</c> (u32 slots), <c>payloads</c> (records), and for each
/// vector number n <c>vectors-n</c> (rows of floats padded to 64 bytes), <c>presence-n</c> (a byte for each ordinal),
/// for multi-vectors <c>extents-n</c> (16 bytes for each ordinal, see MultiRows) and
/// <c>graph-n-...</c> (the parts a graph names). States, little-endian:
/// <code>
/// partition   u8 version 1, u64 versions of points, u64 ids, u64 live points, u64 payload bytes
/// field-n     u8 version 1, u64 live vectors, u64 ordinals below which all are in the graph
/// graph-n     see HnswState
/// </code>
/// </remarks>
internal static class StateLayout
{
    public const string Partition = "partition";

    private const byte Version = 1;

    private static readonly Dictionary<string, ReadOnlyMemory<byte>> NoStates = [];

    public static string FieldState(ushort number) => $"field-{number}";

    /// <summary>Everything but indexes. Call it between two operations.</summary>
    public static List<RegionPart> DataParts(PartitionState state)
    {
        uint rows = state.Table.Count;
        List<RegionPart> parts =
        [
            new("rows", state.Table.Region, PointTable.BytesOf(rows), RegionCopying.AtCut, IsIndex: true),
            new("ids", state.Ids.Region, state.Ids.UsedBytes, RegionCopying.AtCut, IsIndex: true),
            new("payloads", state.Payloads.Region, state.Payloads.UsedBytes, RegionCopying.AppendOnly),
        ];
        foreach (VectorField field in state.Fields)
        {
            long vectorBytes = field.Multi?.UsedBytes ?? field.Rows.UsedBytes(rows);
            parts.Add(new($"vectors-{field.Schema.Number}", field.Rows.Region, vectorBytes, RegionCopying.AppendOnly));
            if (field.Multi is { } multi)
            {
                parts.Add(new(
                    $"extents-{field.Schema.Number}", multi.Extents, MultiRows.ExtentBytes(rows), RegionCopying.AppendOnly, IsIndex: true));
            }

            parts.Add(new($"presence-{field.Schema.Number}", field.Presence, rows, RegionCopying.AppendOnly, IsIndex: true));
        }

        return parts;
    }

    /// <summary>The parts of one field's index; none when it has no index. Call it while indexing is paused.</summary>
    public static IEnumerable<RegionPart> IndexParts(VectorField field) => field.Index?.Parts ?? [];

    /// <summary>The small states. Call it between two operations, while indexing is paused.</summary>
    public static Dictionary<string, ReadOnlyMemory<byte>> States(PartitionState state)
    {
        Dictionary<string, ReadOnlyMemory<byte>> states = [];
        states[Partition] = Numbers(
            state.Table.Count, state.Ids.Ids, (ulong)state.Applied.LivePoints, (ulong)state.Payloads.UsedBytes);
        foreach (VectorField field in state.Fields)
        {
            ushort number = field.Schema.Number;
            states[FieldState(number)] = Numbers((ulong)field.LiveVectors, field.Index?.Cursor.IndexedBelow ?? 0);
            foreach ((string name, ReadOnlyMemory<byte> saved) in field.Index?.States ?? NoStates)
            {
                states[name] = saved;
            }
        }

        return states;
    }

    /// <summary>Puts the partition's numbers back.</summary>
    public static void RestorePartition(ReadOnlySpan<byte> bytes, PartitionState state, OperationApplier applier, ulong cut, long idsBytes)
    {
        ByteReader reader = Open(bytes);
        uint rows = (uint)reader.UInt64();
        uint ids = (uint)reader.UInt64();
        long live = (long)reader.UInt64();
        if (rows > state.Table.PointsMax)
        {
            throw new PartitionFailedException(
                $"the partition holds {rows} point versions, it was opened for at most {state.Table.PointsMax} ({nameof(PartitionOptions.PointsMax)})");
        }

        state.Table.Count = rows;
        state.Ids.Restore(ids, idsBytes);
        state.Payloads.UsedBytes = (long)reader.UInt64();
        applier.Restore(live);
        state.Publish(new AppliedState(cut, rows, live));
    }

    /// <summary>Puts a field's numbers back, and its index's if it fits the schema; otherwise everything is indexed again.</summary>
    /// <returns>Whether the index's regions are to be put back too.</returns>
    public static bool RestoreField(VectorField field, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        ByteReader reader = Open(states[FieldState(field.Schema.Number)].Span);
        field.LiveVectors = (long)reader.UInt64();
        uint indexedBelow = (uint)reader.UInt64();
        if (field.Index is not { } index || !index.TryRestore(states))
        {
            return false;
        }

        index.Distrust();
        index.Cursor.Restore(indexedBelow);
        index.Dead = Math.Max(0, index.Count - field.LiveVectors);
        return true;
    }

    private static ReadOnlyMemory<byte> Numbers(params ReadOnlySpan<ulong> numbers)
    {
        ByteWriter writer = new();
        writer.Byte(Version);
        foreach (ulong number in numbers)
        {
            writer.UInt64(number);
        }

        return writer.Written;
    }

    private static ByteReader Open(ReadOnlySpan<byte> bytes)
    {
        ByteReader reader = new(bytes);
        byte version = reader.Byte();
        return version == Version
            ? reader
            : throw new OperationFormatException($"a state of version {version}, known is {Version}");
    }
}
