using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Api.Json.Filters;

/// <summary>Reads areas. Places off the globe and open rings are errors of format, as existing clients know them.</summary>
internal static class GeoJsonReader
{
    /// <summary>Reads <c>{top_left, bottom_right}</c>.</summary>
    public static Func<PayloadPath, Condition> ReadBox(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        GeoPoint? topLeft = null;
        GeoPoint? bottomRight = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("top_left"u8))
                topLeft = ReadPlace(ref cursor);
            else if (cursor.NameIs("bottom_right"u8))
                bottomRight = ReadPlace(ref cursor);
            else
                throw cursor.UnknownMember();
        }

        GeoPoint first = topLeft ?? throw JsonCursor.Missing(path, "top_left");
        GeoPoint second = bottomRight ?? throw JsonCursor.Missing(path, "bottom_right");
        return key => new GeoBoundingBoxCondition(key, first, second);
    }

    /// <summary>Reads <c>{center, radius}</c>, the radius in metres.</summary>
    public static Func<PayloadPath, Condition> ReadRadius(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        GeoPoint? center = null;
        double? radius = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("center"u8))
            {
                center = ReadPlace(ref cursor);
            }
            else if (cursor.NameIs("radius"u8))
            {
                radius = cursor.GetDouble();
                if (radius < 0)
                    throw cursor.Invalid(radius, "must be 0 or larger");
            }
            else
            {
                throw cursor.UnknownMember();
            }
        }

        GeoPoint place = center ?? throw JsonCursor.Missing(path, "center");
        double meters = radius ?? throw JsonCursor.Missing(path, "radius");
        return key => new GeoRadiusCondition(key, place, meters);
    }

    /// <summary>Reads <c>{exterior, interiors}</c>.</summary>
    public static GeoPolygon ReadPolygon(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        GeoPoint[]? exterior = null;
        var interiors = new List<GeoPoint[]>();
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("exterior"u8))
                exterior = ReadRing(ref cursor);
            else if (cursor.NameIs("interiors"u8))
                ReadInteriors(ref cursor, interiors);
            else
                throw cursor.UnknownMember();
        }

        return new GeoPolygon(exterior ?? throw JsonCursor.Missing(path, "exterior"), interiors);
    }

    private static void ReadInteriors(ref JsonCursor cursor, List<GeoPoint[]> interiors)
    {
        if (cursor.IsNull)
            return;
        string path = cursor.Path;
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            interiors.Add(ReadRing(ref cursor));
            if (interiors.Count > FilterLimits.PolygonHolesMax)
                throw new JsonValidationException(path, $"of {interiors.Count} rings or more", $"must be {FilterLimits.PolygonHolesMax} rings or fewer (PolygonHolesMax)");
        }
    }

    /// <summary>Reads <c>{points}</c>.</summary>
    private static GeoPoint[] ReadRing(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        List<GeoPoint>? points = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (!cursor.NameIs("points"u8))
                throw cursor.UnknownMember();
            points = ReadPoints(ref cursor);
        }

        if (points is null)
            throw JsonCursor.Missing(path, "points");
        if (points.Count < GeoPolygon.RingPointsMin)
            throw new JsonFormatException(path, $"polygon invalid, the size must be at least {GeoPolygon.RingPointsMin}, got {points.Count}");
        return GeoPolygon.IsRing(points)
            ? [.. points]
            : throw new JsonFormatException(path, "polygon invalid, the first and the last points should be the same to form a closed line");
    }

    private static List<GeoPoint> ReadPoints(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        var points = new List<GeoPoint>();
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            points.Add(ReadPlace(ref cursor));
            if (points.Count > FilterLimits.PolygonPointsMax)
                throw new JsonValidationException(path, $"of {points.Count} points or more", $"must be {FilterLimits.PolygonPointsMax} points or fewer (PolygonPointsMax)");
        }

        return points;
    }

    /// <summary>Reads <c>{lon, lat}</c>.</summary>
    private static GeoPoint ReadPlace(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        double? lon = null;
        double? lat = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("lon"u8))
                lon = cursor.GetDouble();
            else if (cursor.NameIs("lat"u8))
                lat = cursor.GetDouble();
            else
                throw cursor.UnknownMember();
        }

        var place = new GeoPoint(
            lon ?? throw JsonCursor.Missing(path, "lon"), lat ?? throw JsonCursor.Missing(path, "lat"));
        return place.IsValid
            ? place
            : throw new JsonFormatException(
                path,
                FormattableString.Invariant(
                    $"expected `lat` = {place.Lat} within [-90;90] and `lon` = {place.Lon} within [-180;180]"));
    }
}
