using System.Text.Json;
using OrleansVectors.Api.Json.Points;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Api.Json.Filters;

/// <summary>Writes a filter as <see cref="FilterJsonReader"/> reads it.</summary>
internal static class FilterJsonWriter
{
    /// <summary>Writes a filter as a value.</summary>
    public static void Write(Utf8JsonWriter writer, Filter filter)
    {
        writer.WriteStartObject();
        WriteConditions(writer, "must"u8, filter.Must);
        WriteConditions(writer, "should"u8, filter.Should);
        WriteConditions(writer, "must_not"u8, filter.MustNot);
        if (filter.MinShould is MinShould minShould)
        {
            writer.WriteStartObject("min_should"u8);
            WriteConditions(writer, "conditions"u8, minShould.Conditions, evenIfEmpty: true);
            writer.WriteNumber("min_count"u8, minShould.MinCount);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteConditions(
        Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<Condition> conditions, bool evenIfEmpty = false)
    {
        if (conditions.Count == 0 && !evenIfEmpty)
            return;
        writer.WriteStartArray(name);
        foreach (Condition condition in conditions)
            Write(writer, condition);
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, Condition condition)
    {
        if (condition is FilterCondition group)
        {
            Write(writer, group.Filter);
            return;
        }

        writer.WriteStartObject();
        switch (condition)
        {
            case MatchCondition match:
                WriteKey(writer, match.Key);
                writer.WritePropertyName("match"u8);
                Write(writer, match.Match);
                break;
            case RangeCondition range:
                WriteKey(writer, range.Key);
                writer.WriteStartObject("range"u8);
                WriteBound(writer, "lt"u8, range.Range.Lt);
                WriteBound(writer, "gt"u8, range.Range.Gt);
                WriteBound(writer, "lte"u8, range.Range.Lte);
                WriteBound(writer, "gte"u8, range.Range.Gte);
                writer.WriteEndObject();
                break;
            case DateTimeRangeCondition range:
                WriteKey(writer, range.Key);
                writer.WriteStartObject("range"u8);
                WriteBound(writer, "lt"u8, range.Range.Lt);
                WriteBound(writer, "gt"u8, range.Range.Gt);
                WriteBound(writer, "lte"u8, range.Range.Lte);
                WriteBound(writer, "gte"u8, range.Range.Gte);
                writer.WriteEndObject();
                break;
            case ValuesCountCondition count:
                WriteKey(writer, count.Key);
                writer.WriteStartObject("values_count"u8);
                WriteBound(writer, "lt"u8, count.Range.Lt);
                WriteBound(writer, "gt"u8, count.Range.Gt);
                WriteBound(writer, "lte"u8, count.Range.Lte);
                WriteBound(writer, "gte"u8, count.Range.Gte);
                writer.WriteEndObject();
                break;
            case GeoBoundingBoxCondition box:
                WriteKey(writer, box.Key);
                writer.WriteStartObject("geo_bounding_box"u8);
                Write(writer, "top_left"u8, box.TopLeft);
                Write(writer, "bottom_right"u8, box.BottomRight);
                writer.WriteEndObject();
                break;
            case GeoRadiusCondition radius:
                WriteKey(writer, radius.Key);
                writer.WriteStartObject("geo_radius"u8);
                Write(writer, "center"u8, radius.Center);
                writer.WriteNumber("radius"u8, radius.RadiusMeters);
                writer.WriteEndObject();
                break;
            case GeoPolygonCondition polygon:
                WriteKey(writer, polygon.Key);
                WritePolygon(writer, polygon.Polygon);
                break;
            case FieldIsEmptyCondition empty:
                WriteKey(writer, empty.Key);
                writer.WriteBoolean("is_empty"u8, empty.Expected);
                break;
            case FieldIsNullCondition isNull:
                WriteKey(writer, isNull.Key);
                writer.WriteBoolean("is_null"u8, isNull.Expected);
                break;
            case IsEmptyCondition empty:
                writer.WriteStartObject("is_empty"u8);
                WriteKey(writer, empty.Key);
                writer.WriteEndObject();
                break;
            case IsNullCondition isNull:
                writer.WriteStartObject("is_null"u8);
                WriteKey(writer, isNull.Key);
                writer.WriteEndObject();
                break;
            case HasIdCondition hasId:
                writer.WriteStartArray("has_id"u8);
                foreach (PointId id in hasId.Ids)
                    PointIdJson.Write(writer, id);
                writer.WriteEndArray();
                break;
            case HasVectorCondition hasVector:
                writer.WriteString("has_vector"u8, hasVector.VectorName);
                break;
            case SliceCondition slice:
                writer.WriteStartObject("slice"u8);
                writer.WriteNumber("total"u8, slice.Total);
                writer.WriteNumber("index"u8, slice.Index);
                writer.WriteEndObject();
                break;
            case NestedCondition nested:
                writer.WriteStartObject("nested"u8);
                WriteKey(writer, nested.Key);
                writer.WritePropertyName("filter"u8);
                Write(writer, nested.Filter);
                writer.WriteEndObject();
                break;
            default:
                throw new ArgumentException($"no JSON for {condition.GetType().Name}", nameof(condition));
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Match match)
    {
        writer.WriteStartObject();
        switch (match)
        {
            case MatchBoolean boolean:
                writer.WriteBoolean("value"u8, boolean.Value);
                break;
            case MatchInteger integer:
                writer.WriteNumber("value"u8, integer.Value);
                break;
            case MatchString text:
                writer.WriteString("value"u8, text.Value);
                break;
            case MatchAny any:
                WriteSet(writer, "any"u8, any.Values);
                break;
            case MatchExcept except:
                WriteSet(writer, "except"u8, except.Values);
                break;
            case MatchText text:
                writer.WriteString(
                    text.Mode switch
                    {
                        MatchTextMode.AnyWord => "text_any"u8,
                        MatchTextMode.Phrase => "phrase"u8,
                        MatchTextMode.Prefix => "prefix"u8,
                        _ => "text"u8,
                    },
                    text.Text);
                break;
            default:
                throw new ArgumentException($"no JSON for {match.GetType().Name}", nameof(match));
        }

        writer.WriteEndObject();
    }

    private static void WriteSet(Utf8JsonWriter writer, ReadOnlySpan<byte> name, MatchSet values)
    {
        writer.WriteStartArray(name);
        foreach (string text in values.Strings)
            writer.WriteStringValue(text);
        foreach (long number in values.Integers)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    private static void WritePolygon(Utf8JsonWriter writer, GeoPolygon polygon)
    {
        writer.WriteStartObject("geo_polygon"u8);
        writer.WritePropertyName("exterior"u8);
        WriteRing(writer, polygon.Exterior);
        writer.WriteStartArray("interiors"u8);
        foreach (IReadOnlyList<GeoPoint> ring in polygon.Interiors)
            WriteRing(writer, ring);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteRing(Utf8JsonWriter writer, IReadOnlyList<GeoPoint> ring)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("points"u8);
        foreach (GeoPoint point in ring)
            Write(writer, point);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, GeoPoint point)
    {
        writer.WritePropertyName(name);
        Write(writer, point);
    }

    private static void Write(Utf8JsonWriter writer, GeoPoint point)
    {
        writer.WriteStartObject();
        writer.WriteNumber("lon"u8, point.Lon);
        writer.WriteNumber("lat"u8, point.Lat);
        writer.WriteEndObject();
    }

    private static void WriteKey(Utf8JsonWriter writer, PayloadPath key) => writer.WriteString("key"u8, key.ToString());

    private static void WriteBound(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? bound)
    {
        if (bound is double value)
            writer.WriteNumber(name, value);
    }

    private static void WriteBound(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ulong? bound)
    {
        if (bound is ulong value)
            writer.WriteNumber(name, value);
    }

    /// <summary>A moment in microseconds since 1970, as text.</summary>
    private static void WriteBound(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? bound)
    {
        if (bound is long microseconds)
            writer.WriteString(name, DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond));
    }
}
