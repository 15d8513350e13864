using System.Globalization;
using OrleansVectors.Partitions.Binary;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Vectors;
using OrleansVectors.Partitions.Writing;
using OrleansVectors.Storage.Manifests;

namespace OrleansVectors.Partitions.Recovery;

/// <summary>Which regions and small states make up a partition in a manifest, and under which names.</summary>
/// <remarks>
/// Regions: <c>rows</c> (48 bytes an ordinal, see PointRow), <c>ids</c> (u32 slots), <c>payloads</c> (pages of records), and
/// for each vector number n <c>vectors-n</c> (rows of floats padded to 64 bytes), <c>presence-n</c> (a byte for each
/// ordinal), for multi-vectors <c>extents-n</c> (16 bytes for each ordinal, see MultiRows), <c>pending-n</c> (a bit for each
/// ordinal, if there is an index) and <c>graph-n-...</c> (the parts a graph names). States, little-endian:
/// <code>
/// partition      u8 version 2, u64 ordinals in use, u64 live points
/// payload-pages  see PayloadPages
/// field-n        u8 version 2, u64 live vectors, u64 ordinals below which all but the pending are in the graph
/// graph-n        see HnswState
/// oversampling-n see OversamplingFactor; choice-n see GraphIndex; probes-n see ChangeMeter
/// </code>
/// </remarks>
internal static class StateLayout
{
    public const string Partition = "partition";

    public const string PayloadPages = "payload-pages";

    private const byte Version = 2;

    private static readonly string[] DataRegions = ["rows", "ids", "payloads", "vectors-", "presence-", "extents-", "pending-"];

    /// <summary>What belongs to a field and not to its index.</summary>
    private static readonly string[] FieldData = ["vectors-", "presence-", "extents-", "field-"];

    private static readonly string[] MeasuredStates = ["oversampling-", "probes-"];

    private static readonly Dictionary<string, ReadOnlyMemory<byte>> NoStates = [];

    public static string FieldState(ushort number) => $"field-{number}";

    /// <summary>Whether a small state is what an index has measured of itself.</summary>
    public static bool IsMeasured(string state) => MeasuredStates.Any(name => state.StartsWith(name, StringComparison.Ordinal));

    /// <summary>Whether a region of a manifest is none of an index.</summary>
    public static bool IsData(string region) => DataRegions.Any(name => region.StartsWith(name, StringComparison.Ordinal));

    /// <summary>
    /// Whether a region or a state of a manifest can be left out, as long as all of its field's are: then the index is built
    /// again. What waits for an index is of no use without it.
    /// </summary>
    public static bool IsOfIndex(string name)
        => FieldOf(name) is not null && !FieldData.Any(data => name.StartsWith(data, StringComparison.Ordinal));

    /// <summary>The number of the field that a region or a state belongs to; null when it is none of a field.</summary>
    public static ushort? FieldOf(string name)
        => name.Split('-') is [_, string number, ..] && ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ushort field) ? field : null;

    /// <summary>How many points a checkpoint holds; null when its state is none of this version.</summary>
    public static long? PointsIn(Manifest manifest)
    {
        const int Bytes = 1 + (2 * sizeof(ulong));
        return manifest.States.TryGetValue(Partition, out ReadOnlyMemory<byte> state) && state.Length == Bytes && state.Span[0] == Version
            ? BitConverter.ToInt64(state.Span[(1 + sizeof(ulong))..])
            : null;
    }

    /// <summary>Everything but indexes. Call it between two operations.</summary>
    public static List<RegionPart> DataParts(PartitionState state)
    {
        uint rows = state.Table.Count;
        List<RegionPart> parts =
        [
            new("rows", state.Table.Region, PointTable.BytesOf(rows), RegionCopying.AtCut, IsIndex: true),
            new("ids", state.Ids.Region, state.Ids.UsedBytes, RegionCopying.AtCut, IsIndex: true),
            new("payloads", state.Payloads.Region, state.Payloads.UsedBytes, RegionCopying.AtLeisure),
        ];
        foreach (VectorField field in state.Fields)
        {
            long vectorBytes = field.UsedBytes(rows);
            parts.Add(new($"vectors-{field.Schema.Number}", field.Rows.Region, vectorBytes, RegionCopying.AtLeisure));
            if (field.Multi is { } multi)
            {
                // Where rows are is copied: they pass from one ordinal to another, and nothing may belong to two.
                parts.Add(new(
                    $"extents-{field.Schema.Number}", multi.Extents, MultiRows.ExtentBytes(rows), RegionCopying.AtCut, IsIndex: true));
            }

            parts.Add(new($"presence-{field.Schema.Number}", field.Presence, rows, RegionCopying.AtLeisure, IsIndex: true));
            if (field.Index is { } index)
            {
                index.Pending.Ordinals.Reach(rows);
                parts.Add(new($"pending-{field.Schema.Number}", index.Pending.Ordinals.Region, OrdinalSet.BytesOf(rows), RegionCopying.AtCut, IsIndex: true));
            }
        }

        return parts;
    }

    /// <summary>The parts of one field's index; none when it has no index. Call it while indexing is paused.</summary>
    public static IEnumerable<RegionPart> IndexParts(VectorField field) => field.Index?.Parts ?? [];

    /// <summary>The small states. Call it between two operations, while indexing is paused.</summary>
    public static Dictionary<string, ReadOnlyMemory<byte>> States(PartitionState state)
    {
        Dictionary<string, ReadOnlyMemory<byte>> states = [];
        states[Partition] = Numbers(state.Table.Count, (ulong)state.Applied.LivePoints);
        states[PayloadPages] = state.Payloads.Save();
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

    /// <summary>Puts the partition's numbers back, before the regions are.</summary>
    public static void RestorePartition(Manifest manifest, PartitionState state, OperationApplier applier)
    {
        ByteReader reader = Open(manifest.States[Partition].Span);
        uint rows = (uint)reader.UInt64();
        long live = (long)reader.UInt64();
        if (live > state.Table.PointsMax || rows > state.Table.OrdinalsMax)
        {
            throw new PartitionFailedException(
                $"the partition holds {live} points in {rows} rows, it was opened for at most {state.Table.PointsMax} points ({nameof(PartitionOptions.PointsMax)}) in {state.Table.OrdinalsMax} rows");
        }

        state.Table.Reserve(rows);
        state.Ids.Reserve(manifest.Regions["ids"].UsedBytes);
        state.Payloads.Restore(manifest.States[PayloadPages].Span);
        applier.Restore(live);
        state.Publish(new AppliedState(manifest.Cut.Value, rows, live));
    }

    /// <summary>Puts a field's numbers back, and its index's if it fits the schema; otherwise everything is indexed again.</summary>
    /// <param name="field">The field.</param>
    /// <param name="livePoints">Points that were live then.</param>
    /// <param name="states">The small states.</param>
    /// <returns>Whether the index's regions are to be put back too.</returns>
    public static bool RestoreField(VectorField field, long livePoints, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        ByteReader reader = Open(states[FieldState(field.Schema.Number)].Span);
        field.LiveVectors = (long)reader.UInt64();
        field.MayLack = field.LiveVectors != livePoints;
        uint indexedBelow = (uint)reader.UInt64();
        if (field.Index is not { } index || !index.TryRestore(states))
        {
            return false;
        }

        index.Distrust();
        index.Cursor.Restore(indexedBelow);
        index.Dead = Math.Max(0, index.Count - field.LiveVectors);
        index.IsRemovalUnfinished = true; // perhaps: only the index knows
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
