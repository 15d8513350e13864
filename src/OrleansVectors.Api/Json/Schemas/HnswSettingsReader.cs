using OrleansVectors.Collections;
using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Reads <c>hnsw_config</c>; what is absent or null stays null.</summary>
internal static class HnswSettingsReader
{
    /// <param name="cursor">On the object.</param>
    /// <param name="memory">Where the graph is asked to live; null when not given.</param>
    public static HnswSettings Read(ref JsonCursor cursor, out string? memory)
    {
        var settings = new HnswSettings();
        memory = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("m"u8))
                settings = settings with { M = ReadM(ref cursor) };
            else if (cursor.NameIs("ef_construct"u8))
                settings = settings with { EfConstruct = cursor.GetInt32OrNull(4, CollectionLimits.EfConstructMax) };
            else if (cursor.NameIs("full_scan_threshold"u8))
                settings = settings with { FullScanThresholdKb = cursor.GetInt32OrNull(10, int.MaxValue) };
            else if (cursor.NameIs("max_indexing_threads"u8))
                settings = settings with { MaxIndexingThreads = cursor.GetInt32OrNull(0, int.MaxValue) };
            else if (cursor.NameIs("on_disk"u8))
                settings = settings with { OnDisk = cursor.GetBooleanOrNull() };
            else if (cursor.NameIs("payload_m"u8))
                settings = settings with { PayloadM = cursor.GetInt32OrNull(0, CollectionLimits.HnswMMax) };
            else if (cursor.NameIs("inline_storage"u8))
                settings = settings with { InlineStorage = cursor.GetBooleanOrNull() };
            else if (cursor.NameIs("memory"u8))
                memory = MemoryPlacementJson.Read(ref cursor);
            else
                throw cursor.UnknownMember();
        }

        return settings;
    }

    /// <summary>What <paramref name="change"/> gives, and for the rest what <paramref name="present"/> has.</summary>
    public static HnswSettings Merge(HnswSettings present, HnswSettings change) => new(
        change.M ?? present.M,
        change.EfConstruct ?? present.EfConstruct,
        change.FullScanThresholdKb ?? present.FullScanThresholdKb,
        change.MaxIndexingThreads ?? present.MaxIndexingThreads,
        change.OnDisk ?? present.OnDisk,
        change.PayloadM ?? present.PayloadM,
        change.InlineStorage ?? present.InlineStorage);

    private static int? ReadM(ref JsonCursor cursor)
    {
        int? m = cursor.GetInt32OrNull(0, CollectionLimits.HnswMMax);
        return m == 1 ? throw cursor.Invalid(1, $"must be 0 (no graph) or from 2 to {CollectionLimits.HnswMMax}") : m;
    }
}
