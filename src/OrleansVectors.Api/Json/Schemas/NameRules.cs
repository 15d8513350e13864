using System.Buffers;
using OrleansVectors.Api.Errors;
using OrleansVectors.Collections;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>What collections, aliases and vectors may be called.</summary>
internal static class NameRules
{
    // What file systems and addresses give a meaning of their own.
    private static readonly SearchValues<char> Reserved = SearchValues.Create("/\\<>:\"|?*");

    /// <summary>Checks a new collection's name from the request's path.</summary>
    public static void CheckCollectionName(string name)
    {
        // The address is decoded once, but an encoded slash stays encoded: it must not become part of a name.
        string? bound = name.Contains("%2F", StringComparison.OrdinalIgnoreCase) ? "must not contain /" : Broken(name);
        if (bound is not null)
            throw new PathParameterException("collection_name", Show(name), bound);
    }

    /// <summary>Checks a new alias from a body.</summary>
    public static void CheckAliasName(in JsonCursor cursor, string name)
    {
        if (Broken(name) is string bound)
            throw cursor.Invalid(Show(name), bound);
    }

    /// <summary>Checks a vector's name from a body; the empty name is the unnamed vector.</summary>
    public static void CheckVectorName(in JsonCursor cursor, string name)
    {
        if (BrokenVectorName(name) is string bound)
            throw cursor.Invalid(Show(name), bound);
    }

    /// <summary>Checks a new vector's name from the request's path.</summary>
    public static void CheckVectorName(string name)
    {
        if (BrokenVectorName(name) is string bound)
            throw new PathParameterException("vector_name", Show(name), bound);
    }

    private static string? BrokenVectorName(string name)
        => name.Length > CollectionLimits.NameCharsMax ? $"must have at most {CollectionLimits.NameCharsMax} characters"
            : name.Any(char.IsControl) ? "must not contain control characters"
            : null;

    private static string? Broken(string name)
    {
        if (name.Length is 0 or > CollectionLimits.NameCharsMax)
            return $"must have from 1 to {CollectionLimits.NameCharsMax} characters";
        if (string.IsNullOrWhiteSpace(name))
            return "must not be blank";
        if (name.Any(char.IsControl))
            return "must not contain control characters";
        if (name.AsSpan().IndexOfAny(Reserved) is int at and >= 0)
            return $"must not contain {name[at]}";
        return name is "." or ".." ? "must not be . or .." : null;
    }

    private static string Show(string name)
    {
        string shown = name.Length <= ApiLimits.QuotedCharsMax ? name : name[..ApiLimits.QuotedCharsMax] + "...";
        return $"\"{shown}\"";
    }
}
