using OrleansVectors.Collections;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Reads <c>params</c>. Hints about quantization and filtered walks are read, checked and passed over: this version decides by itself.</summary>
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
                parameters = parameters with { Exact = cursor.GetBoolean() };
            else if (cursor.NameIs("indexed_only"u8))
                parameters = parameters with { IndexedOnly = cursor.GetBoolean() };
            else if (cursor.NameIs("quantization"u8))
                ReadQuantization(ref cursor);
            else if (cursor.NameIs("acorn"u8))
                ReadAcorn(ref cursor);
            else if (cursor.NameIs("idf"u8) && cursor.IsNull)
                continue;
            else
                throw cursor.NameIs("idf"u8) ? VectorJsonReader.Unsupported(ref cursor, "settings of sparse vectors") : cursor.UnknownMember();
        }

        return parameters;
    }

    private static void ReadQuantization(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("ignore"u8))
                cursor.GetBoolean();
            else if (cursor.NameIs("rescore"u8))
                cursor.GetBooleanOrNull();
            else if (!cursor.NameIs("oversampling"u8))
                throw cursor.UnknownMember();
            else if (!cursor.IsNull && cursor.GetDouble() < 1)
                throw cursor.Invalid(cursor.GetDouble(), "must be 1.0 or larger");
        }
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
