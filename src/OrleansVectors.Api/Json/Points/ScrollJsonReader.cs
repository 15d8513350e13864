using OrleansVectors.Collections;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Reads <c>{filter?, limit = 10, offset?, order_by?, with_payload = true, with_vector = false}</c>.</summary>
internal static class ScrollJsonReader
{
    private const int LimitWhenAbsent = 10;

    /// <summary>Reads the current value.</summary>
    public static ScrollRequest Read(ref JsonCursor cursor, CollectionSchema schema)
    {
        Filter? filter = null;
        int limit = LimitWhenAbsent;
        PointId? from = null;
        PayloadOrder? order = null;
        var projection = new ProjectionMembers(PayloadSelection.All);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("filter"u8))
                filter = CommonMembers.ReadFilter(ref cursor);
            else if (cursor.NameIs("limit"u8))
                limit = CommonMembers.ReadCount(ref cursor, LimitWhenAbsent, CollectionLimits.AnswerPointsMax);
            else if (cursor.NameIs("offset"u8))
                from = cursor.IsNull ? null : PointIdJson.Read(ref cursor);
            else if (cursor.NameIs("order_by"u8))
                order = cursor.IsNull ? null : OrderByJson.Read(ref cursor, schema);
            else if (cursor.NameIs("shard_key"u8))
                CommonMembers.ReadShardKey(ref cursor);
            else if (!projection.TryRead(ref cursor))
                throw cursor.UnknownMember();
        }

        if (from is not null && order is not null)
            throw new Errors.BadRequestException("Cannot use an `offset` when using `order_by`. The alternative for paging is to use `order_by.start_from` and a filter to exclude the IDs that you've already seen.");
        return new ScrollRequest
        {
            Filter = filter,
            Limit = limit,
            From = from,
            OrderBy = order,
            Projection = projection.ToProjection(),
        };
    }
}
