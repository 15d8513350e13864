using System.Globalization;
using Microsoft.AspNetCore.Http;
using OrleansVectors.Api.Errors;

namespace OrleansVectors.Api.Requests;

/// <summary>The query parameters that every operation takes. Others are refused where data are read or written.</summary>
/// <param name="Wait">Answer a write when searches see it, not only when it is durable.</param>
/// <param name="Ordering">Accepted; one machine orders all writes.</param>
/// <param name="TimeoutSeconds">Give up after so long; null for no bound.</param>
public readonly record struct CommonParameters(bool Wait, WriteOrdering Ordering, int? TimeoutSeconds)
{
    private static readonly string[] Known = ["wait", "ordering", "timeout", "consistency"];

    /// <summary>Reads them.</summary>
    /// <exception cref="QueryParameterException">A value that cannot be used.</exception>
    public static CommonParameters Read(IQueryCollection query)
    {
        CheckConsistency(query);
        return new CommonParameters(ReadWait(query), ReadOrdering(query), ReadTimeout(query));
    }

    /// <summary>Refuses parameters that nothing reads: a misspelt one would otherwise be a wish that nobody hears.</summary>
    /// <param name="query">The parameters.</param>
    /// <param name="others">Names that the operation itself reads.</param>
    /// <exception cref="BadRequestException">There is one.</exception>
    public static void CheckNames(IQueryCollection query, IReadOnlyList<string> others)
    {
        foreach (string name in query.Keys)
        {
            if (!Known.Contains(name, StringComparer.Ordinal) && !others.Contains(name, StringComparer.Ordinal))
                throw new BadRequestException($"query parameter `{Quote(name)}` is unknown; known are {string.Join(", ", Known.Concat(others))}");
        }
    }

    private static string? Value(IQueryCollection query, string name)
        => query.TryGetValue(name, out var values) ? values.ToString() : null;

    private static bool ReadWait(IQueryCollection query) => Value(query, "wait") switch
    {
        null or "false" => false,
        "true" => true,
        string other => throw new QueryParameterException("wait", Quote(other), "must be true or false"),
    };

    private static WriteOrdering ReadOrdering(IQueryCollection query) => Value(query, "ordering") switch
    {
        null or "weak" => WriteOrdering.Weak,
        "medium" => WriteOrdering.Medium,
        "strong" => WriteOrdering.Strong,
        string other => throw new QueryParameterException("ordering", Quote(other), "must be weak, medium or strong"),
    };

    private static int? ReadTimeout(IQueryCollection query)
    {
        string? text = Value(query, "timeout");
        if (text is null)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds)
            && seconds is >= 1 and <= ApiLimits.TimeoutSecondsMax)
        {
            return (int)seconds;
        }

        throw new QueryParameterException(
            "timeout", Quote(text), $"must be from 1 to {ApiLimits.TimeoutSecondsMax}");
    }

    private static void CheckConsistency(IQueryCollection query)
    {
        string? text = Value(query, "consistency");
        if (text is null or "majority" or "quorum" or "all")
            return;
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong replicas) || replicas == 0)
        {
            throw new QueryParameterException(
                "consistency", Quote(text), "must be majority, quorum, all, or 1 or larger");
        }
    }

    private static string Quote(string text)
        => text.Length <= ApiLimits.QuotedCharsMax ? text : string.Concat(text.AsSpan(0, ApiLimits.QuotedCharsMax), "...");
}
