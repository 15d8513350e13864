using System.Text.Json;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Payloads, key paths and selections in requests; their errors say where in the body.</summary>
internal static class PayloadJson
{
    /// <summary>Reads an object, or null as the empty payload.</summary>
    public static PayloadDocument ReadOrNull(ref JsonCursor cursor)
        => cursor.IsNull ? PayloadDocument.Empty : Read(ref cursor);

    /// <summary>Reads an object.</summary>
    public static PayloadDocument Read(ref JsonCursor cursor)
    {
        if (cursor.Token != JsonTokenType.StartObject)
            throw cursor.Unexpected("an object");
        try
        {
            return PayloadDocument.Read(ref cursor.Reader);
        }
        catch (JsonException exception)
        {
            throw cursor.Malformed(exception);
        }
        catch (PayloadException exception) when (exception.Limit is not null)
        {
            string path = exception.Path.Length == 0 ? cursor.Path : $"{cursor.Path}.{exception.Path}";
            throw new JsonValidationException(path, $"{exception.Actual}", $"must be at most {exception.Max} ({exception.Limit})");
        }
        catch (PayloadException exception)
        {
            throw cursor.Error(exception.Message);
        }
    }

    /// <summary>Reads a key path.</summary>
    public static PayloadPath ReadPath(ref JsonCursor cursor)
    {
        string text = cursor.GetString();
        try
        {
            return PayloadPath.Parse(text);
        }
        catch (PayloadPathException exception)
        {
            throw cursor.Error(exception.Message);
        }
    }

    /// <summary>Reads a list of key paths.</summary>
    public static IReadOnlyList<PayloadPath> ReadPaths(ref JsonCursor cursor)
    {
        var paths = new List<PayloadPath>();
        string path = cursor.Path;
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            paths.Add(ReadPath(ref cursor));
            if (paths.Count > PointLimits.NamesMax)
                throw new JsonValidationException(path, $"of {paths.Count} keys or more", $"must be {PointLimits.NamesMax} keys or fewer (NamesMax)");
        }

        return paths;
    }

    /// <summary>Reads <c>with_payload</c>: a boolean, a list of paths, or <c>{include}</c> or <c>{exclude}</c>; null gives the default.</summary>
    public static PayloadSelection ReadSelection(ref JsonCursor cursor, PayloadSelection whenNull)
    {
        switch (cursor.Token)
        {
            case JsonTokenType.Null:
                return whenNull;
            case JsonTokenType.True:
                return PayloadSelection.All;
            case JsonTokenType.False:
                return PayloadSelection.None;
            case JsonTokenType.StartArray:
                return PayloadSelection.Include(ReadPaths(ref cursor));
            case JsonTokenType.StartObject:
                return ReadSelector(ref cursor);
            default:
                throw cursor.Unexpected("a boolean, a list of keys, or an object with `include` or `exclude`");
        }
    }

    private static PayloadSelection ReadSelector(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        PayloadSelection? selection = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            bool include = cursor.NameIs("include"u8);
            if (!include && !cursor.NameIs("exclude"u8))
                throw cursor.UnknownMember();
            if (selection is not null)
                throw new JsonFormatException(path, "`include` and `exclude` cannot be given together");
            IReadOnlyList<PayloadPath> paths = ReadPaths(ref cursor);
            selection = include ? PayloadSelection.Include(paths) : PayloadSelection.Exclude(paths);
        }

        return selection ?? throw JsonCursor.Missing(path, "include");
    }
}
