using System.Text.Json;
using OrleansVectors.Partitions.Filters;

namespace OrleansVectors.Api.Json.Filters;

/// <summary>
/// Reads filters out of request bodies: <c>{must, should, must_not, min_should}</c>, where each part is a condition or a
/// list of them. Unknown names, wrong types and values beyond <see cref="FilterLimits"/> are refused with their place.
/// </summary>
public static class FilterJsonReader
{
    /// <summary>Reads the current value; null gives null.</summary>
    /// <exception cref="JsonFormatException">The value is no filter.</exception>
    /// <exception cref="JsonValidationException">A value is outside its bound.</exception>
    public static Filter? ReadOrNull(ref JsonCursor cursor) => cursor.IsNull ? null : Read(ref cursor);

    /// <summary>Reads the current value, an object.</summary>
    /// <exception cref="JsonFormatException">The value is no filter.</exception>
    /// <exception cref="JsonValidationException">A value is outside its bound.</exception>
    public static Filter Read(ref JsonCursor cursor)
    {
        FilterBudget budget = default;
        return Read(ref cursor, ref budget);
    }

    internal static Filter Read(ref JsonCursor cursor, ref FilterBudget budget)
    {
        var filter = new Filter();
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (!TryReadPart(ref cursor, ref budget, ref filter))
                throw cursor.UnknownMember();
        }

        return filter;
    }

    /// <summary>Reads the current member into the filter when it is one of a filter's parts.</summary>
    internal static bool TryReadPart(ref JsonCursor cursor, ref FilterBudget budget, ref Filter filter)
    {
        budget.Enter(ref cursor);
        bool isPart = true;
        if (cursor.NameIs("must"u8))
            filter = filter with { Must = ReadConditions(ref cursor, ref budget) };
        else if (cursor.NameIs("should"u8))
            filter = filter with { Should = ReadConditions(ref cursor, ref budget) };
        else if (cursor.NameIs("must_not"u8))
            filter = filter with { MustNot = ReadConditions(ref cursor, ref budget) };
        else if (cursor.NameIs("min_should"u8))
            filter = filter with { MinShould = cursor.IsNull ? null : ReadMinShould(ref cursor, ref budget) };
        else
            isPart = false;
        budget.Leave();
        return isPart;
    }

    private static List<Condition> ReadConditions(ref JsonCursor cursor, ref FilterBudget budget)
    {
        var conditions = new List<Condition>();
        switch (cursor.Token)
        {
            case JsonTokenType.Null:
                break;
            case JsonTokenType.StartObject:
                conditions.Add(ConditionJsonReader.Read(ref cursor, ref budget));
                break;
            case JsonTokenType.StartArray:
                cursor.BeginArray();
                while (cursor.NextItem())
                    conditions.Add(ConditionJsonReader.Read(ref cursor, ref budget));
                break;
            default:
                throw cursor.Unexpected("a condition or a list of conditions");
        }

        return conditions;
    }

    private static MinShould ReadMinShould(ref JsonCursor cursor, ref FilterBudget budget)
    {
        string path = cursor.Path;
        List<Condition>? conditions = null;
        int? minCount = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("conditions"u8))
                conditions = cursor.Token == JsonTokenType.StartArray ? ReadConditions(ref cursor, ref budget) : throw cursor.Unexpected("a list of conditions");
            else if (cursor.NameIs("min_count"u8))
                minCount = cursor.GetInt32(1, int.MaxValue);
            else
                throw cursor.UnknownMember();
        }

        return new MinShould(
            conditions ?? throw JsonCursor.Missing(path, "conditions"),
            minCount ?? throw JsonCursor.Missing(path, "min_count"));
    }
}
