namespace OrleansVectors.Cli.Csv;

/// <summary>Fields on their way into a csv file.</summary>
internal static class CsvText
{
    /// <summary>The field as it is, or quoted where it must be.</summary>
    public static string Field(string text)
        => text.AsSpan().IndexOfAny("\",\r\n") < 0 && text.Length > 0 && text[0] != ' ' && text[^1] != ' '
            ? text
            : text.Length == 0 ? "" : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
