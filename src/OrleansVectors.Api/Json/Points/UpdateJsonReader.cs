using OrleansVectors.Collections;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Reads the updates other than an upsert, each from the current value.</summary>
internal static class UpdateJsonReader
{
    /// <summary><c>{points | filter}</c>.</summary>
    public static DeletePoints ReadDelete(ref JsonCursor cursor) => new(ReadSelection(ref cursor));

    /// <summary><c>{points | filter}</c>.</summary>
    public static ClearPayload ReadClearPayload(ref JsonCursor cursor) => new(ReadSelection(ref cursor));

    /// <summary><c>{payload, points | filter, key?}</c>, merged into what is there.</summary>
    public static SetPayload ReadSetPayload(ref JsonCursor cursor)
    {
        (PointSelection selection, PayloadDocument payload, PayloadPath? key) = ReadPayload(ref cursor, keyAllowed: true);
        return new SetPayload(selection, payload, key);
    }

    /// <summary><c>{payload, points | filter}</c>, in place of what is there.</summary>
    public static OverwritePayload ReadOverwritePayload(ref JsonCursor cursor)
    {
        (PointSelection selection, PayloadDocument payload, _) = ReadPayload(ref cursor, keyAllowed: false);
        return new OverwritePayload(selection, payload);
    }

    /// <summary><c>{keys, points | filter}</c>.</summary>
    public static DeletePayloadKeys ReadDeletePayload(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        IReadOnlyList<PayloadPath>? keys = null;
        var selection = new SelectionMembers();
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("keys"u8))
                keys = PayloadJson.ReadPaths(ref cursor);
            else if (!selection.TryRead(ref cursor))
                throw cursor.UnknownMember();
        }

        if (keys is null)
            throw JsonCursor.Missing(path, "keys");
        return new DeletePayloadKeys(selection.ToSelection(path), keys);
    }

    /// <summary><c>{vector: [names], points | filter}</c>.</summary>
    public static DeleteVectors ReadDeleteVectors(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        IReadOnlyList<string>? names = null;
        var selection = new SelectionMembers();
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("vector"u8) || cursor.NameIs("vectors"u8))
            {
                string place = cursor.Path;
                names = CommonMembers.ReadNames(ref cursor);
                if (names.Count == 0)
                    throw new JsonValidationException(place, "[]", "must not be empty");
            }
            else if (!selection.TryRead(ref cursor))
            {
                throw cursor.UnknownMember();
            }
        }

        if (names is null)
            throw JsonCursor.Missing(path, "vector");
        return new DeleteVectors(selection.ToSelection(path), names);
    }

    /// <summary><c>{points: [{id, vector}], update_filter?}</c>.</summary>
    public static UpdateVectors ReadUpdateVectors(ref JsonCursor cursor, VectorJsonReader vectors)
    {
        string path = cursor.Path;
        List<PointVectors>? points = null;
        Filter? filter = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("points"u8))
                points = ReadPoints(ref cursor, vectors);
            else if (cursor.NameIs("update_filter"u8))
                filter = CommonMembers.ReadFilter(ref cursor);
            else if (cursor.NameIs("shard_key"u8))
                CommonMembers.ReadShardKey(ref cursor);
            else
                throw cursor.UnknownMember();
        }

        return new UpdateVectors(points ?? throw JsonCursor.Missing(path, "points"), filter);
    }

    private static PointSelection ReadSelection(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        var selection = new SelectionMembers();
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (!selection.TryRead(ref cursor))
                throw cursor.UnknownMember();
        }

        return selection.ToSelection(path);
    }

    private static (PointSelection Selection, PayloadDocument Payload, PayloadPath? Key) ReadPayload(
        ref JsonCursor cursor, bool keyAllowed)
    {
        string path = cursor.Path;
        PayloadDocument? payload = null;
        PayloadPath? key = null;
        var selection = new SelectionMembers();
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("payload"u8))
                payload = PayloadJson.Read(ref cursor);
            else if (cursor.NameIs("key"u8))
                key = ReadKey(ref cursor, keyAllowed);
            else if (!selection.TryRead(ref cursor))
                throw cursor.UnknownMember();
        }

        if (payload is null)
            throw JsonCursor.Missing(path, "payload");
        return (selection.ToSelection(path), payload, key);
    }

    private static PayloadPath? ReadKey(ref JsonCursor cursor, bool allowed)
        => cursor.IsNull ? null
            : allowed ? PayloadJson.ReadPath(ref cursor)
            : throw VectorJsonReader.Unsupported(ref cursor, "nested keys when a payload is overwritten");

    private static List<PointVectors> ReadPoints(ref JsonCursor cursor, VectorJsonReader vectors)
    {
        var points = new List<PointVectors>();
        var ids = new UniqueIds();
        string list = cursor.Path;
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            int index = points.Count;
            PointId? id = null;
            IReadOnlyList<NamedVector>? named = null;
            cursor.BeginObject();
            while (cursor.NextMember())
            {
                if (cursor.NameIs("id"u8))
                {
                    id = PointIdJson.Read(ref cursor);
                    ids.Add(id.Value, index, list, ".id");
                }
                else if (cursor.NameIs("vector"u8))
                {
                    named = vectors.ReadVectors(ref cursor);
                }
                else
                {
                    throw cursor.UnknownMember();
                }
            }

            points.Add(new PointVectors(
                id ?? throw JsonCursor.Missing($"{list}[{index}]", "id"),
                named ?? throw JsonCursor.Missing($"{list}[{index}]", "vector")));
            if (points.Count > CollectionLimits.BatchPointsMax)
                throw UpsertJsonReader.TooManyPoints(list, points.Count);
        }

        return points;
    }
}
