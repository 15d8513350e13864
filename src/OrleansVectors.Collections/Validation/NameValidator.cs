using System.Buffers;
using OrleansVectors.Collections.Errors;

namespace OrleansVectors.Collections.Validation;

/// <summary>Checks names of collections and aliases. They appear in URLs, never in file names.</summary>
internal static class NameValidator
{
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("<>:\"/\\|?*\0\u001F");

    /// <exception cref="LimitViolatedException">The name is empty, too long, or has a character that it must not have.</exception>
    public static void Check(string field, string name)
    {
        if (name.Length is < 1 or > CollectionLimits.NameCharsMax)
        {
            throw new LimitViolatedException(
                field, $"{name.Length} characters", $"must have from 1 to {CollectionLimits.NameCharsMax} characters");
        }

        int at = name.AsSpan().IndexOfAny(Forbidden);
        if (at >= 0 || name.Any(char.IsControl) || name is "." or "..")
        {
            throw new LimitViolatedException(field, name, "must not be `.` or `..`, nor have control characters or any of < > : \" / \\ | ? *");
        }
    }
}
