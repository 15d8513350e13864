using System.Text;
using System.Text.Json;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Api.Json.Points;

/// <summary>
/// Reads <c>order_by</c>: a key, or <c>{key, direction = asc, start_from?}</c>. The key needs a declared index over numbers
/// or date-times, as existing clients expect; it also says how values are read.
/// </summary>
internal static class OrderByJson
{
    /// <summary>Reads the current value.</summary>
    public static PayloadOrder Read(ref JsonCursor cursor, CollectionSchema schema)
    {
        if (cursor.Token == JsonTokenType.String)
        {
            PayloadPath key = PayloadJson.ReadPath(ref cursor);
            return new PayloadOrder(key, Descending: false, StartFrom: null, KindOf(key, schema));
        }

        if (cursor.Token != JsonTokenType.StartObject)
            throw cursor.Unexpected("a key or an object with `key`");
        return ReadObject(ref cursor, schema);
    }

    private static PayloadOrder ReadObject(ref JsonCursor cursor, CollectionSchema schema)
    {
        string path = cursor.Path;
        PayloadPath? key = null;
        bool descending = false;
        OrderValue? start = null;
        bool startIsMoment = false;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("key"u8))
                key = PayloadJson.ReadPath(ref cursor);
            else if (cursor.NameIs("direction"u8))
                descending = ReadDirection(ref cursor);
            else if (cursor.NameIs("start_from"u8))
                (start, startIsMoment) = ReadStart(ref cursor);
            else
                throw cursor.UnknownMember();
        }

        if (key is null)
            throw JsonCursor.Missing(path, "key");
        PayloadOrderKind kind = KindOf((PayloadPath)key, schema);
        if (startIsMoment && kind != PayloadOrderKind.DateTime)
            throw new JsonFormatException($"{path}.start_from", $"expected a number since the index of `{key}` holds numbers, found a date-time");
        return new PayloadOrder(key, descending, start, kind);
    }

    private static bool ReadDirection(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return false;
        return (cursor.Token == JsonTokenType.String ? cursor.GetString() : "") switch
        {
            "asc" => false,
            "desc" => true,
            _ => throw cursor.Unexpected("`asc` or `desc`"),
        };
    }

    private static (OrderValue? Start, bool IsMoment) ReadStart(ref JsonCursor cursor)
    {
        switch (cursor.Token)
        {
            case JsonTokenType.Null:
                return (null, false);
            case JsonTokenType.Number:
                return cursor.Reader.TryGetInt64(out long integer)
                    ? (OrderValue.FromInteger(integer), false)
                    : (OrderValue.FromReal(cursor.GetDouble()), false);
            case JsonTokenType.String when PayloadDateTime.TryParse(Encoding.UTF8.GetBytes(cursor.GetString()), out long micros):
                return (OrderValue.FromInteger(micros), true);
            default:
                throw cursor.Unexpected("a number or an RFC 3339 date-time");
        }
    }

    private static PayloadOrderKind KindOf(PayloadPath key, CollectionSchema schema)
        => schema.PayloadIndexes.TryGetValue(key.ToString(), out PayloadIndexSettings? index)
            ? index.Type switch
            {
                PayloadIndexType.Integer or PayloadIndexType.Float => PayloadOrderKind.Number,
                PayloadIndexType.DateTime => PayloadOrderKind.DateTime,
                _ => throw NoIndex(key),
            }
            : throw NoIndex(key);

    private static InvalidInputException NoIndex(PayloadPath key)
        => new($"No range index for `order_by` key: `{key}`. Please create one to use `order_by`: an index of type integer, float or datetime.");
}
