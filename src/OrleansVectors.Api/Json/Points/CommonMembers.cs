using System.Text.Json;
using OrleansVectors.Api.Errors;
using OrleansVectors.Api.Json.Filters;
using OrleansVectors.Partitions.Filters;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Members that many requests about points share.</summary>
internal static class CommonMembers
{
    /// <summary>Reads <c>shard_key</c>: null, since this version routes by the point's id alone.</summary>
    public static void ReadShardKey(ref JsonCursor cursor)
    {
        if (!cursor.IsNull)
            throw VectorJsonReader.Unsupported(ref cursor, "shard keys");
    }

    /// <summary>Reads a filter; null is none.</summary>
    public static Filter? ReadFilter(ref JsonCursor cursor) => FilterJsonReader.ReadOrNull(ref cursor);

    /// <summary>Reads <c>limit</c> or the like, 1 or larger; null gives the default.</summary>
    /// <param name="cursor">The body.</param>
    /// <param name="whenNull">The default.</param>
    /// <param name="most">The bound.</param>
    /// <param name="prefix">Put before the member's name in errors: existing clients know query members as <c>internal.limit</c>.</param>
    public static int ReadCount(ref JsonCursor cursor, int whenNull, int most, string prefix = "")
    {
        if (cursor.IsNull)
            return whenNull;
        if (cursor.Token != JsonTokenType.Number)
            throw cursor.Unexpected("an integer");
        if (cursor.Reader.TryGetInt64(out long value))
        {
            return value < 1 ? throw JsonValidationException.TooSmall(Prefixed(cursor.Path, prefix), value, 1)
                : value > most ? throw JsonValidationException.OutOfRange(Prefixed(cursor.Path, prefix), value, 1, most)
                : (int)value;
        }

        return cursor.Reader.TryGetUInt64(out ulong large)
            ? throw JsonValidationException.OutOfRange(Prefixed(cursor.Path, prefix), large, 1, most)
            : cursor.GetInt32(1, most);
    }

    /// <summary>Reads <c>with_vector</c>: a boolean or a list of names; null names ask for all vectors.</summary>
    public static IReadOnlyList<string>? ReadVectorNames(ref JsonCursor cursor)
    {
        switch (cursor.Token)
        {
            case JsonTokenType.Null:
            case JsonTokenType.False:
                return [];
            case JsonTokenType.True:
                return null;
            case JsonTokenType.StartArray:
                return ReadNames(ref cursor);
            default:
                throw cursor.Unexpected("a boolean or a list of vector names");
        }
    }

    /// <summary>Reads a list of names.</summary>
    public static IReadOnlyList<string> ReadNames(ref JsonCursor cursor)
    {
        var names = new List<string>();
        string path = cursor.Path;
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            names.Add(cursor.GetString());
            if (names.Count > PointLimits.NamesMax)
                throw new JsonValidationException(path, $"of {names.Count} names or more", $"must be {PointLimits.NamesMax} names or fewer (NamesMax)");
        }

        return names;
    }

    /// <summary>An unsupported kind of request, by name.</summary>
    public static BadRequestException UnsupportedQuery(string kind) => BadRequestException.Unsupported($"`{kind}` queries");

    private static string Prefixed(string path, string prefix)
    {
        int name = path.LastIndexOf('.') + 1;
        return string.Concat(path.AsSpan(0, name), prefix, path.AsSpan(name));
    }
}
