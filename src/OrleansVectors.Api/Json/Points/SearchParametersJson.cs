using OrleansVectors.Collections;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Reads <c>params</c>. Hints about filtered walks are read, checked and passed over: the planner decides by itself.</summary>
internal static class SearchParametersJson
{
    /// <summary>Reads the current value; null gives the defaults.</summary>
    /// <param name="cursor">The body.</param>
    /// <param name="prefix">See <see cref="CommonMembers.ReadCount"/>.</param>
    public static SearchParameters Read(ref JsonCursor cursor, string prefix)
    {
        var parameters = default(SearchParameters);
        if (cursor.IsNull)
            return parameters;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("hnsw_ef"u8))
                parameters = parameters with { HnswEf = cursor.IsNull ? null : CommonMembers.ReadCount(ref cursor, 0, CollectionLimits.HnswEfMax, prefix) };
            else if (cursor.NameIs("exact"u8))
                parameters = parameters with { Exact = cursor.GetBooleanOrNull() ?? false };
            else if (cursor.NameIs("indexed_only"u8))
                parameters = parameters with { IndexedOnly = cursor.GetBooleanOrNull() ?? false };
            else if (cursor.NameIs("quantization"u8))
                parameters = parameters with { Quantization = ReadQuantization(ref cursor) };
            else if (cursor.NameIs("nprobe"u8))
                parameters = parameters with { NProbe = cursor.GetInt32OrNull(1, CollectionLimits.NProbeMax) };
            else if (cursor.NameIs("explain"u8))
                parameters = parameters with { Explain = cursor.GetBooleanOrNull() ?? false };
            else if (cursor.NameIs("acorn"u8))
                ReadAcorn(ref cursor);
            else if (cursor.NameIs("idf"u8) && cursor.IsNull)
                continue;
            else
                throw cursor.NameIs("idf"u8) ? VectorJsonReader.Unsupported(ref cursor, "settings of sparse vectors") : cursor.UnknownMember();
        }

        return parameters;
    }

    private static QuantizationSearch? ReadQuantization(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return null;
        var settings = new QuantizationSearch();
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("ignore"u8))
                settings = settings with { Ignore = cursor.GetBooleanOrNull() ?? false };
            else if (cursor.NameIs("rescore"u8))
                settings = settings with { Rescore = cursor.GetBooleanOrNull() };
            else if (!cursor.NameIs("oversampling"u8))
                throw cursor.UnknownMember();
            else if (!cursor.IsNull)
                settings = settings with { Oversampling = (float)cursor.GetDouble(1, CollectionLimits.OversamplingMax) };
        }

        return settings;
    }

    private static void ReadAcorn(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("enable"u8))
                cursor.GetBoolean();
            else if (!cursor.NameIs("max_selectivity"u8))
                throw cursor.UnknownMember();
            else if (!cursor.IsNull)
                cursor.GetDouble(0, 1);
        }
    }
}
