using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Api.Json.Filters;

/// <summary>Reads key paths of conditions.</summary>
internal static class PathJsonReader
{
    /// <summary>Reads the current value, a string.</summary>
    public static PayloadPath Read(ref JsonCursor cursor)
    {
        try
        {
            return PayloadPath.Parse(cursor.GetString());
        }
        catch (PayloadPathException exception)
        {
            throw cursor.Error(exception.Message);
        }
    }

    /// <summary>Reads the current value, an object <c>{key}</c>.</summary>
    public static PayloadPath ReadKeyObject(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        PayloadPath? key = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (!cursor.NameIs("key"u8))
                throw cursor.UnknownMember();
            key = Read(ref cursor);
        }

        return key ?? throw JsonCursor.Missing(path, "key");
    }
}
