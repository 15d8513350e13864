using OrleansVectors.Collections;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Reads <c>vectors</c>: the parameters of one unnamed vector, or of several by name.</summary>
internal static class VectorSchemaReader
{
    /// <summary>Reads either form; null is no vectors.</summary>
    public static IReadOnlyDictionary<string, VectorSchema> ReadAll(ref JsonCursor cursor, EchoedSettingsBuilder echoed)
    {
        var vectors = new Dictionary<string, VectorSchema>(StringComparer.Ordinal);
        if (cursor.IsNull)
            return vectors;
        if (IsUnnamed(cursor))
        {
            vectors[""] = Read(ref cursor, "", echoed);
            return vectors;
        }

        cursor.BeginObject();
        while (cursor.NextMember())
        {
            string name = cursor.Name;
            NameRules.CheckVectorName(in cursor, name);
            if (vectors.Count == CollectionLimits.VectorNamesMax)
                throw cursor.Invalid(vectors.Count + 1, $"at most {CollectionLimits.VectorNamesMax} vector names");
            vectors[name] = Read(ref cursor, name, echoed);
        }

        return vectors;
    }

    /// <summary>Reads the parameters of one vector.</summary>
    public static VectorSchema Read(ref JsonCursor cursor, string vectorName, EchoedSettingsBuilder echoed)
    {
        string path = cursor.Path;
        int? size = null;
        DistanceMetric? metric = null;
        var vector = new VectorSchema(0, default);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("size"u8))
                size = cursor.GetInt32(1, CollectionLimits.VectorSizeMax);
            else if (cursor.NameIs("distance"u8))
                metric = DistanceNames.Read(ref cursor);
            else if (cursor.NameIs("hnsw_config"u8))
                vector = vector with { Hnsw = ReadHnsw(ref cursor, vectorName, echoed) };
            else if (cursor.NameIs("on_disk"u8))
                vector = vector with { OnDisk = cursor.GetBooleanOrNull() };
            else if (cursor.NameIs("memory"u8))
                vector = vector with { Memory = MemoryPlacementJson.ReadPlacement(ref cursor) };
            else if (cursor.NameIs("datatype"u8))
                vector = vector with { Datatype = DatatypeJson.Read(ref cursor) };
            else if (cursor.NameIs("quantization_config"u8))
                vector = vector with { Quantization = QuantizationReader.Read(ref cursor) };
            else if (cursor.NameIs("index"u8))
                vector = vector with { Index = VectorIndexJson.ReadKind(ref cursor) };
            else if (cursor.NameIs("ivf_config"u8))
                vector = vector with { Ivf = VectorIndexJson.ReadIvf(ref cursor) };
            else if (cursor.NameIs("multivector_config"u8))
                vector = vector with { IsMultiVector = ReadMultivector(ref cursor) };
            else
                throw cursor.UnknownMember();
        }

        return vector with
        {
            Size = size ?? throw JsonCursor.Missing(path, "size"),
            Metric = metric ?? throw JsonCursor.Missing(path, "distance"),
        };
    }

    /// <summary>Reads <c>multivector_config</c>: whether there is one. Late interaction is the one comparator.</summary>
    private static bool ReadMultivector(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return false;
        string path = cursor.Path;
        bool isCompared = false;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (!cursor.NameIs("comparator"u8))
                throw cursor.UnknownMember();
            isCompared = cursor.GetOneOf("max_sim").Length > 0;
        }

        return isCompared ? true : throw JsonCursor.Missing(path, "comparator");
    }

    /// <summary>Reads a vector's own <c>hnsw_config</c>.</summary>
    public static HnswSettings? ReadHnsw(ref JsonCursor cursor, string vectorName, EchoedSettingsBuilder echoed)
    {
        if (cursor.IsNull)
            return null;
        HnswSettings settings = HnswSettingsReader.Read(ref cursor, out string? memory);
        echoed.Word(SettingName.VectorHnswMemory(vectorName), memory);
        return settings;
    }

    /// <summary>
    /// One unnamed vector has numbers and words for values; a map of names has an object under each. Looks ahead on a copy.
    /// </summary>
    private static bool IsUnnamed(JsonCursor ahead)
    {
        ahead.BeginObject();
        while (ahead.NextMember())
        {
            if (ahead.NameIs("size"u8) || ahead.NameIs("distance"u8))
                return ahead.Token != System.Text.Json.JsonTokenType.StartObject;
            ahead.Skip();
        }

        return false;
    }
}
