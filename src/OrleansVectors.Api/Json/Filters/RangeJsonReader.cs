using System.Text;
using System.Text.Json;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Api.Json.Filters;

/// <summary>Reads <c>range</c> and <c>values_count</c>: objects with any of <c>lt, gt, lte, gte</c>; null bounds nothing.</summary>
internal static class RangeJsonReader
{
    /// <summary>Reads bounds that are all numbers, or all moments in strings.</summary>
    public static Func<PayloadPath, Condition> Read(ref JsonCursor cursor)
    {
        NumberRange numbers = default;
        DateTimeRange moments = default;
        JsonTokenType kind = JsonTokenType.None;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            Bound bound = ReadBound(ref cursor);
            if (cursor.IsNull)
                continue;
            if (kind != JsonTokenType.None && cursor.Token != kind)
                throw cursor.Unexpected(kind == JsonTokenType.Number ? "a number, as the other bound" : "a date-time, as the other bound");
            kind = cursor.Token;
            if (kind == JsonTokenType.String)
                moments = With(moments, bound, ReadMoment(ref cursor));
            else
                numbers = With(numbers, bound, ReadNumber(ref cursor));
        }

        return kind == JsonTokenType.String
            ? key => new DateTimeRangeCondition(key, moments)
            : key => new RangeCondition(key, numbers);
    }

    /// <summary>Reads bounds that are counts.</summary>
    public static CountRange ReadCounts(ref JsonCursor cursor)
    {
        CountRange range = default;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            Bound bound = ReadBound(ref cursor);
            if (!cursor.IsNull)
                range = With(range, bound, cursor.GetUInt64());
        }

        return range;
    }

    private static double ReadNumber(ref JsonCursor cursor)
        => cursor.Token == JsonTokenType.Number ? cursor.GetDouble() : throw cursor.Unexpected("a number or a date-time");

    private static long ReadMoment(ref JsonCursor cursor)
        => PayloadDateTime.TryParse(Encoding.UTF8.GetBytes(cursor.GetString()), out long microseconds)
            ? microseconds
            : throw cursor.Unexpected("a date-time such as 2024-01-31T23:59:59Z");

    private static Bound ReadBound(ref JsonCursor cursor)
    {
        if (cursor.NameIs("lt"u8))
            return Bound.Lt;
        if (cursor.NameIs("gt"u8))
            return Bound.Gt;
        if (cursor.NameIs("lte"u8))
            return Bound.Lte;
        return cursor.NameIs("gte"u8) ? Bound.Gte : throw cursor.UnknownMember();
    }

    private static NumberRange With(NumberRange range, Bound bound, double value) => bound switch
    {
        Bound.Lt => range with { Lt = value },
        Bound.Gt => range with { Gt = value },
        Bound.Lte => range with { Lte = value },
        _ => range with { Gte = value },
    };

    private static DateTimeRange With(DateTimeRange range, Bound bound, long value) => bound switch
    {
        Bound.Lt => range with { Lt = value },
        Bound.Gt => range with { Gt = value },
        Bound.Lte => range with { Lte = value },
        _ => range with { Gte = value },
    };

    private static CountRange With(CountRange range, Bound bound, ulong value) => bound switch
    {
        Bound.Lt => range with { Lt = value },
        Bound.Gt => range with { Gt = value },
        Bound.Lte => range with { Lte = value },
        _ => range with { Gte = value },
    };

    private enum Bound
    {
        Lt,
        Gt,
        Lte,
        Gte,
    }
}
