using System.Text.Json;
using OrleansVectors.Collections;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Reads points given as columns of equal length: <c>{ids, vectors, payloads}</c>.</summary>
internal static class PointColumnsJsonReader
{
    /// <summary>Reads the current value.</summary>
    public static List<PointInput> Read(ref JsonCursor cursor, VectorJsonReader vectors)
    {
        string path = cursor.Path;
        IReadOnlyList<PointId>? ids = null;
        List<Column>? columns = null;
        List<PayloadDocument>? payloads = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("ids"u8))
                ids = ReadIds(ref cursor);
            else if (cursor.NameIs("vectors"u8))
                columns = ReadColumns(ref cursor, vectors);
            else if (cursor.NameIs("payloads"u8))
                payloads = cursor.IsNull ? null : ReadPayloads(ref cursor);
            else
                throw cursor.UnknownMember();
        }

        if (ids is null)
            throw JsonCursor.Missing(path, "ids");
        if (columns is null)
            throw JsonCursor.Missing(path, "vectors");
        foreach (Column column in columns)
            CheckLength(path, ids.Count, column.Path, column.Vectors.Count, "vectors");
        if (payloads is not null)
            CheckLength(path, ids.Count, $"{path}.payloads", payloads.Count, "payloads");
        return Combine(ids, columns, payloads);
    }

    private static IReadOnlyList<PointId> ReadIds(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        IReadOnlyList<PointId> ids = PointIdJson.ReadList(ref cursor);
        if (ids.Count > CollectionLimits.BatchPointsMax)
            throw UpsertJsonReader.TooManyPoints(path, ids.Count);
        var unique = new UniqueIds();
        for (int i = 0; i < ids.Count; i++)
            unique.Add(ids[i], i, path, "");
        return ids;
    }

    /// <summary>One column for each vector name; a plain array is the unnamed vector's.</summary>
    private static List<Column> ReadColumns(
        ref JsonCursor cursor, VectorJsonReader vectors)
    {
        if (cursor.Token == JsonTokenType.StartArray)
        {
            var unnamed = new Column(cursor.Path, []);
            cursor.BeginArray();
            while (cursor.NextItem())
            {
                if (cursor.Token != JsonTokenType.StartArray)
                    throw Wrong(ref cursor);
                unnamed.Vectors.Add(vectors.ReadUnnamed(ref cursor));
            }

            return [unnamed];
        }

        if (cursor.Token != JsonTokenType.StartObject)
            throw cursor.Unexpected("an array of vectors or an object of such arrays by name");
        var columns = new List<Column>();
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            int index = vectors.Find(ref cursor);
            var column = new Column(cursor.Path, []);
            cursor.BeginArray();
            while (cursor.NextItem())
                column.Vectors.Add(vectors.ReadSized(ref cursor, index));
            columns.Add(column);
        }

        return columns;
    }

    private static Exception Wrong(ref JsonCursor cursor)
        => cursor.Token == JsonTokenType.StartObject
            ? VectorJsonReader.Unsupported(ref cursor, "vectors made by a model (text, image, object)")
            : cursor.Unexpected("a vector (an array of numbers)");

    private static List<PayloadDocument> ReadPayloads(ref JsonCursor cursor)
    {
        var payloads = new List<PayloadDocument>();
        cursor.BeginArray();
        while (cursor.NextItem())
            payloads.Add(PayloadJson.ReadOrNull(ref cursor));
        return payloads;
    }

    private static void CheckLength(string path, int ids, string column, int count, string what)
    {
        if (ids != count)
        {
            throw new JsonValidationException(
                column, $"of length {count}",
                $"number of ids and {what} must be equal ({ids} != {count}; {path}.ids has {ids})");
        }
    }

    private static List<PointInput> Combine(
        IReadOnlyList<PointId> ids,
        List<Column> columns,
        List<PayloadDocument>? payloads)
    {
        var points = new List<PointInput>(ids.Count);
        for (int i = 0; i < ids.Count; i++)
        {
            var named = new NamedVector[columns.Count];
            for (int c = 0; c < named.Length; c++)
                named[c] = columns[c].Vectors[i];
            points.Add(new PointInput(ids[i], named, payloads?[i] ?? PayloadDocument.Empty));
        }

        return points;
    }

    /// <summary>The vectors of one name, and where they stand in the body.</summary>
    private sealed record Column(string Path, List<NamedVector> Vectors);
}
