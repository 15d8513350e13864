using System.Text.Json;
using OrleansVectors.Collections;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Reads an upsert: a list of points, or the same as columns (<c>batch</c>).</summary>
internal static class UpsertJsonReader
{
    /// <summary>Reads the current value.</summary>
    public static UpsertPoints Read(ref JsonCursor cursor, VectorJsonReader vectors)
    {
        string path = cursor.Path;
        List<PointInput>? points = null;
        bool batch = false;
        UpsertMode mode = UpsertMode.Upsert;
        Filter? filter = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("points"u8) || cursor.NameIs("batch"u8))
            {
                if (points is not null)
                    throw new JsonFormatException(path, "`points` and `batch` cannot be given together");
                batch = cursor.NameIs("batch"u8);
                points = batch ? PointColumnsJsonReader.Read(ref cursor, vectors) : ReadPoints(ref cursor, vectors);
            }
            else if (cursor.NameIs("update_mode"u8))
            {
                mode = ReadMode(ref cursor);
            }
            else if (cursor.NameIs("update_filter"u8))
            {
                filter = CommonMembers.ReadFilter(ref cursor);
            }
            else if (cursor.NameIs("shard_key"u8))
            {
                CommonMembers.ReadShardKey(ref cursor);
            }
            else
            {
                throw cursor.UnknownMember();
            }
        }

        return new UpsertPoints(points ?? throw JsonCursor.Missing(path, "points"), mode, filter);
    }

    /// <summary>The error of a batch over the bound.</summary>
    public static JsonValidationException TooManyPoints(string path, int count)
        => new(path, $"of {count} points or more", $"must be {CollectionLimits.BatchPointsMax} points or fewer (BatchPointsMax)");

    private static List<PointInput> ReadPoints(ref JsonCursor cursor, VectorJsonReader vectors)
    {
        var points = new List<PointInput>();
        var ids = new UniqueIds();
        string path = cursor.Path;
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            points.Add(ReadPoint(ref cursor, vectors, ids, points.Count, path));
            if (points.Count > CollectionLimits.BatchPointsMax)
                throw TooManyPoints(path, points.Count);
        }

        return points;
    }

    private static PointInput ReadPoint(
        ref JsonCursor cursor, VectorJsonReader vectors, UniqueIds ids, int index, string list)
    {
        PointId? id = null;
        IReadOnlyList<NamedVector>? named = null;
        PayloadDocument payload = PayloadDocument.Empty;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("id"u8))
            {
                id = PointIdJson.Read(ref cursor);
                ids.Add(id.Value, index, list, ".id");
            }
            else if (cursor.NameIs("vector"u8) || cursor.NameIs("vectors"u8))
            {
                if (named is not null)
                    throw cursor.Error("`vector` and `vectors` cannot be given together");
                named = vectors.ReadVectors(ref cursor);
            }
            else if (cursor.NameIs("payload"u8))
            {
                payload = PayloadJson.ReadOrNull(ref cursor);
            }
            else
            {
                throw cursor.UnknownMember();
            }
        }

        return new PointInput(
            id ?? throw JsonCursor.Missing($"{list}[{index}]", "id"),
            named ?? throw JsonCursor.Missing($"{list}[{index}]", "vector"),
            payload);
    }

    private static UpsertMode ReadMode(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return UpsertMode.Upsert;
        if (cursor.Token == JsonTokenType.String)
        {
            switch (cursor.GetString())
            {
                case "upsert":
                    return UpsertMode.Upsert;
                case "insert_only":
                    return UpsertMode.InsertOnly;
                case "update_only":
                    return UpsertMode.UpdateOnly;
            }
        }

        throw cursor.Unexpected("`upsert`, `insert_only` or `update_only`");
    }
}
