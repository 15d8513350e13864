using OrleansVectors.Partitions.Filters;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Reads <c>{filter?, exact = true}</c>; counts are exact either way.</summary>
internal static class CountJsonReader
{
    /// <summary>Reads the current value.</summary>
    public static Filter? Read(ref JsonCursor cursor)
    {
        Filter? filter = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("filter"u8))
                filter = CommonMembers.ReadFilter(ref cursor);
            else if (cursor.NameIs("exact"u8))
                cursor.GetBoolean();
            else if (cursor.NameIs("shard_key"u8))
                CommonMembers.ReadShardKey(ref cursor);
            else
                throw cursor.UnknownMember();
        }

        return filter;
    }
}
