using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Reads <c>{ids, with_payload = true, with_vector = false}</c>.</summary>
internal static class RetrieveJsonReader
{
    /// <summary>Reads the current value.</summary>
    public static (IReadOnlyList<PointId> Ids, PointProjection Projection) Read(ref JsonCursor cursor)
    {
        IReadOnlyList<PointId>? ids = null;
        var projection = new ProjectionMembers(PayloadSelection.All);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("ids"u8))
                ids = PointIdJson.ReadList(ref cursor);
            else if (cursor.NameIs("shard_key"u8))
                CommonMembers.ReadShardKey(ref cursor);
            else if (!projection.TryRead(ref cursor))
                throw cursor.UnknownMember();
        }

        return (ids ?? throw JsonCursor.Missing("", "ids"), projection.ToProjection());
    }
}
