using System.Text;
using System.Text.Json;
using OrleansVectors.Partitions.Filters;

namespace OrleansVectors.Api.Json.Filters;

/// <summary>Reads <c>match</c>: an object with one of <c>value, any, except, text, text_any, phrase, prefix</c>.</summary>
internal static class MatchJsonReader
{
    public static Match Read(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        Match? match = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (match is not null)
                throw cursor.Error("a match has one member only");
            match = ReadMember(ref cursor);
        }

        return match ?? throw JsonCursor.Missing(path, "value");
    }

    /// <summary>Reads a string to compare with.</summary>
    public static string ReadText(ref JsonCursor cursor)
    {
        string text = cursor.GetString();
        int bytes = Encoding.UTF8.GetByteCount(text);
        return bytes <= FilterLimits.TextBytesMax
            ? text
            : throw cursor.Invalid($"of {bytes} bytes", $"must be {FilterLimits.TextBytesMax} bytes or fewer (TextBytesMax)");
    }

    private static Match ReadMember(ref JsonCursor cursor)
    {
        if (cursor.NameIs("value"u8))
            return ReadValue(ref cursor);
        if (cursor.NameIs("any"u8))
            return new MatchAny(ReadSet(ref cursor));
        if (cursor.NameIs("except"u8))
            return new MatchExcept(ReadSet(ref cursor));
        if (cursor.NameIs("text"u8))
            return new MatchText(MatchTextMode.All, ReadText(ref cursor));
        if (cursor.NameIs("text_any"u8))
            return new MatchText(MatchTextMode.AnyWord, ReadText(ref cursor));
        if (cursor.NameIs("phrase"u8))
            return new MatchText(MatchTextMode.Phrase, ReadText(ref cursor));
        if (cursor.NameIs("prefix"u8))
            return new MatchText(MatchTextMode.Prefix, ReadText(ref cursor));
        throw cursor.UnknownMember();
    }

    private static Match ReadValue(ref JsonCursor cursor)
    {
        const string Expected = "a string, a 64-bit integer or a boolean";
        return cursor.Token switch
        {
            JsonTokenType.String => new MatchString(ReadText(ref cursor)),
            JsonTokenType.True or JsonTokenType.False => new MatchBoolean(cursor.GetBoolean()),
            JsonTokenType.Number => cursor.Reader.TryGetInt64(out long number)
                ? new MatchInteger(number)
                : throw cursor.Unexpected(Expected),
            _ => throw cursor.Unexpected(Expected),
        };
    }

    private static MatchSet ReadSet(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        var strings = new List<string>();
        var integers = new List<long>();
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            if (cursor.Token == JsonTokenType.String && integers.Count == 0)
                strings.Add(ReadText(ref cursor));
            else if (cursor.Token == JsonTokenType.Number && strings.Count == 0 && cursor.Reader.TryGetInt64(out long number))
                integers.Add(number);
            else
                throw cursor.Unexpected(Expected(strings.Count, integers.Count));
            int count = strings.Count + integers.Count;
            if (count > FilterLimits.MatchValuesMax)
                throw new JsonValidationException(path, $"of {count} values or more", $"must be {FilterLimits.MatchValuesMax} values or fewer (MatchValuesMax)");
        }

        return integers.Count > 0 ? MatchSet.OfIntegers(integers) : MatchSet.OfStrings(strings);
    }

    private static string Expected(int strings, int integers)
        => strings > 0 ? "a string, as the values before"
            : integers > 0 ? "a 64-bit integer, as the values before"
            : "a string or a 64-bit integer";
}
