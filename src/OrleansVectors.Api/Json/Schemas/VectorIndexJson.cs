using System.Text.Json;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>What makes searches of a vector name fast: <c>index</c> and <c>ivf_config</c>, which the dialect does not have.</summary>
internal static class VectorIndexJson
{
    /// <summary>Reads <c>index</c>; null when it is not given.</summary>
    public static VectorIndexKind? ReadKind(ref JsonCursor cursor) => cursor.GetOneOfOrNull("hnsw", "flat", "ivf") switch
    {
        null => null,
        "hnsw" => VectorIndexKind.Hnsw,
        "flat" => VectorIndexKind.Flat,
        _ => VectorIndexKind.Ivf,
    };

    /// <summary>The public name of a kind of index.</summary>
    public static string NameOf(VectorIndexKind kind) => kind switch
    {
        VectorIndexKind.Hnsw => "hnsw",
        VectorIndexKind.Flat => "flat",
        _ => "ivf",
    };

    /// <summary>Reads <c>ivf_config</c>; what is absent or null stays null.</summary>
    public static IvfSettings? ReadIvf(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return null;
        var settings = new IvfSettings();
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("lists"u8))
                settings = settings with { Lists = cursor.GetInt32OrNull(0, CollectionLimits.IvfListsMax) };
            else if (cursor.NameIs("nprobe"u8))
                settings = settings with { NProbe = cursor.GetInt32OrNull(0, CollectionLimits.NProbeMax) };
            else
                throw cursor.UnknownMember();
        }

        return settings;
    }

    /// <summary>What <paramref name="change"/> gives, and for the rest what <paramref name="present"/> has.</summary>
    public static IvfSettings? Merge(IvfSettings? present, IvfSettings? change)
        => change is null ? present : new IvfSettings(change.Lists ?? present?.Lists, change.NProbe ?? present?.NProbe);

    /// <summary>Writes both as they were given.</summary>
    public static void Write(Utf8JsonWriter writer, VectorSchema vector)
    {
        if (vector.Index is { } kind)
            writer.WriteString("index"u8, NameOf(kind));

        if (vector.Ivf is { } ivf)
        {
            writer.WriteStartObject("ivf_config"u8);
            if (ivf.Lists is int lists)
                writer.WriteNumber("lists"u8, lists);
            if (ivf.NProbe is int nprobe)
                writer.WriteNumber("nprobe"u8, nprobe);
            writer.WriteEndObject();
        }
    }
}
