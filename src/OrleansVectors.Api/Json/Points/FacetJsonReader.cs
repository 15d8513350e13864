using OrleansVectors.Collections;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Api.Json.Points;

/// <summary>
/// Reads <c>{key, limit = 10, filter?, exact = false}</c>; counts are exact either way. The key needs a declared index
/// whose values can be matched whole.
/// </summary>
internal static class FacetJsonReader
{
    private const int LimitWhenAbsent = 10;

    /// <summary>Reads the current value.</summary>
    public static FacetRequest Read(ref JsonCursor cursor, CollectionSchema schema)
    {
        PayloadPath? key = null;
        Filter? filter = null;
        int limit = LimitWhenAbsent;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("key"u8))
                key = PayloadJson.ReadPath(ref cursor);
            else if (cursor.NameIs("filter"u8))
                filter = CommonMembers.ReadFilter(ref cursor);
            else if (cursor.NameIs("limit"u8))
                limit = CommonMembers.ReadCount(ref cursor, LimitWhenAbsent, CollectionLimits.AnswerPointsMax);
            else if (cursor.NameIs("exact"u8))
                cursor.GetBooleanOrNull();
            else if (cursor.NameIs("shard_key"u8))
                CommonMembers.ReadShardKey(ref cursor);
            else
                throw cursor.UnknownMember();
        }

        if (key is null)
            throw JsonCursor.Missing("", "key");
        if (!schema.PayloadIndexes.TryGetValue(key.ToString(), out PayloadIndexSettings? index)
            || index.Type is not (PayloadIndexType.Keyword or PayloadIndexType.Integer or PayloadIndexType.Bool or PayloadIndexType.Uuid))
        {
            throw new InvalidInputException(
                $"No appropriate index for faceting: `{key}`. Please create one to facet on this field: an index of type keyword, integer, bool or uuid.");
        }

        return new FacetRequest(key, filter, limit);
    }
}
