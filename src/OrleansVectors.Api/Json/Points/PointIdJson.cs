using System.Globalization;
using System.Text.Json;
using OrleansVectors.Partitions;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Point ids in JSON: an unsigned 64-bit number, or a UUID in a string (hyphenated, simple or urn form).</summary>
internal static class PointIdJson
{
    private const string Expected = "a point id (an unsigned 64-bit integer or a UUID)";

    /// <summary>Reads the current value.</summary>
    public static PointId Read(ref JsonCursor cursor)
    {
        switch (cursor.Token)
        {
            case JsonTokenType.Number when cursor.Reader.TryGetUInt64(out ulong number):
                return PointId.FromNumber(number);
            case JsonTokenType.String when PointId.TryParseUuid(cursor.GetString(), out PointId id):
                return id;
            default:
                throw cursor.Unexpected(Expected);
        }
    }

    /// <summary>Reads a list of ids.</summary>
    public static IReadOnlyList<PointId> ReadList(ref JsonCursor cursor)
    {
        var ids = new List<PointId>();
        string path = cursor.Path;
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            ids.Add(Read(ref cursor));
            if (ids.Count > PointLimits.IdsMax)
                throw new JsonValidationException(path, $"of {ids.Count} ids or more", $"must be {PointLimits.IdsMax} ids or fewer (IdsMax)");
        }

        return ids;
    }

    /// <summary>Reads an id out of a request's address.</summary>
    public static bool TryParse(string text, out PointId id)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
        {
            id = PointId.FromNumber(number);
            return true;
        }

        return PointId.TryParseUuid(text, out id);
    }

    /// <summary>Writes an id as a value.</summary>
    public static void Write(Utf8JsonWriter writer, PointId id)
    {
        if (id.IsUuid)
            writer.WriteStringValue(id.ToUuid());
        else
            writer.WriteNumberValue(id.Number);
    }
}
