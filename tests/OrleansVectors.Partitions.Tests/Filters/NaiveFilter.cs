using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Tests.Payloads;

namespace OrleansVectors.Partitions.Tests.Filters;

/// <summary>The rules of filters once more, over System.Text.Json's nodes and without regard for speed.</summary>
internal static class NaiveFilter
{
    public static bool Matches(Filter filter, PointId? id, JsonNode? payload)
        => filter.Must.All(c => Matches(c, id, payload))
            && !filter.MustNot.Any(c => Matches(c, id, payload))
            && (filter.Should.Count == 0 || filter.Should.Any(c => Matches(c, id, payload)))
            && (filter.MinShould is null
                || filter.MinShould.Conditions.Count(c => Matches(c, id, payload)) >= filter.MinShould.MinCount);

    private static bool Matches(Condition condition, PointId? id, JsonNode? payload)
        => condition switch
        {
            FilterCondition c => Matches(c.Filter, id, payload),
            HasIdCondition c => id is not null && c.Ids.Contains(id.Value),
            MatchCondition c => Leaves(payload, c.Key).Any(v => Matches(c.Match, v)),
            RangeCondition c => Leaves(payload, c.Key).Any(v => IsNumber(v) && InRange(c.Range, v!.GetValue<JsonElement>().GetDouble())),
            DateTimeRangeCondition c => Leaves(payload, c.Key).Any(v => Text(v) is { } text
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
                && InRange(c.Range, (moment - DateTimeOffset.UnixEpoch).Ticks / 10)),
            IsEmptyCondition c => Values(payload, c.Key).All(IsEmpty),
            IsNullCondition c => Values(payload, c.Key).Any(v => v is null),
            FieldIsEmptyCondition c => Some(payload, c.Key, v => IsEmpty(v) == c.Expected, c.Expected),
            FieldIsNullCondition c => Some(payload, c.Key, v => (v is null || (v is JsonArray a && a.Any(e => e is null))) == c.Expected, !c.Expected),
            ValuesCountCondition c => Some(payload, c.Key, v => InRange(c.Range, Count(v)), InRange(c.Range, 0)),
            NestedCondition c => Values(payload, c.Key.ToElements()).OfType<JsonObject>().Any(e => Matches(c.Filter, null, e)),
            GeoBoundingBoxCondition c => Leaves(payload, c.Key).Any(v => v is JsonObject o && IsNumber(o["lon"]) && IsNumber(o["lat"])
                && Number(o["lon"]!) > c.TopLeft.Lon && Number(o["lon"]!) < c.BottomRight.Lon
                && Number(o["lat"]!) < c.TopLeft.Lat && Number(o["lat"]!) > c.BottomRight.Lat),
            _ => throw new NotSupportedException(condition.GetType().Name),
        };

    private static bool Matches(Match match, JsonNode? value)
        => match switch
        {
            MatchString m => Text(value) == m.Value,
            MatchInteger m => Integer(value) == m.Value,
            MatchBoolean m => value is not null && value.GetValueKind() == (m.Value ? JsonValueKind.True : JsonValueKind.False),
            MatchAny m => InSet(m.Values, value),
            MatchExcept m => value is not null && !InSet(m.Values, value),
            MatchText m => Text(value) is { } text && m.Mode switch
            {
                MatchTextMode.Prefix => text.StartsWith(m.Text, StringComparison.Ordinal),
                MatchTextMode.AnyWord => m.Text.Split(' ').Any(word => word.Length > 0 && text.Contains(word, StringComparison.Ordinal)),
                _ => text.Contains(m.Text, StringComparison.Ordinal),
            },
            _ => throw new NotSupportedException(match.GetType().Name),
        };

    private static bool InSet(MatchSet set, JsonNode? value)
        => (Text(value) is { } text && set.Strings.Contains(text)) || (Integer(value) is { } number && set.Integers.Contains(number));

    private static IEnumerable<JsonNode?> Values(JsonNode? payload, PayloadPath path)
        => NodeModel.Values(payload, NodeModel.Steps(path.ToString()));

    private static IEnumerable<JsonNode?> Leaves(JsonNode? payload, PayloadPath path)
        => Values(payload, path).SelectMany(v => v is JsonArray items ? items : (IEnumerable<JsonNode?>)[v]);

    private static bool Some(JsonNode? payload, PayloadPath path, Func<JsonNode?, bool> test, bool whenMissing)
        => Values(payload, path).ToList() is { Count: > 0 } values ? values.Any(test) : whenMissing;

    private static bool IsEmpty(JsonNode? value) => value is null or JsonArray { Count: 0 };

    private static ulong Count(JsonNode? value) => value switch { null => 0, JsonArray items => (ulong)items.Count, _ => 1 };

    private static bool IsNumber(JsonNode? value) => value is not null && value.GetValueKind() == JsonValueKind.Number;

    private static double Number(JsonNode value) => value.GetValue<JsonElement>().GetDouble();

    private static string? Text(JsonNode? value)
        => value is not null && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static long? Integer(JsonNode? value)
        => IsNumber(value) && !value!.ToJsonString().Contains('.', StringComparison.Ordinal)
            && value.GetValue<JsonElement>().TryGetInt64(out long number) ? number : null;

    private static bool InRange(NumberRange range, double v)
        => (range.Lt is null || v < range.Lt) && (range.Gt is null || v > range.Gt) && (range.Lte is null || v <= range.Lte) && (range.Gte is null || v >= range.Gte);

    private static bool InRange(DateTimeRange range, long v)
        => (range.Lt is null || v < range.Lt) && (range.Gt is null || v > range.Gt) && (range.Lte is null || v <= range.Lte) && (range.Gte is null || v >= range.Gte);

    private static bool InRange(CountRange range, ulong v)
        => (range.Lt is null || v < range.Lt) && (range.Gt is null || v > range.Gt) && (range.Lte is null || v <= range.Lte) && (range.Gte is null || v >= range.Gte);
}
