using OrleansVectors.Cli.CommandLine;

namespace OrleansVectors.Cli.Import;

/// <summary>What the columns of a csv file are, told by its header.</summary>
/// <param name="Names">The header.</param>
/// <param name="Id">The column <c>id</c>, or -1.</param>
/// <param name="Vector">The column <c>vector</c>, or -1.</param>
/// <param name="Components">The columns that are one component each, in order; empty when there are none.</param>
/// <param name="Payload">All the others.</param>
internal sealed record CsvColumns(string[] Names, int Id, int Vector, int[] Components, int[] Payload)
{
    /// <param name="file">For messages.</param>
    /// <param name="header">The first record.</param>
    /// <param name="vectorColumns">The first and the last component's column, when the person named them.</param>
    /// <exception cref="CommandFailedException">The header cannot be understood.</exception>
    public static CsvColumns Of(string file, string[] header, (string First, string Last)? vectorColumns)
    {
        string? twice = header.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new CommandFailedException($"{file}:1: the column '{twice}' is there twice");
        }

        int id = Array.IndexOf(header, "id");
        int vector = vectorColumns is null ? Array.IndexOf(header, "vector") : -1;
        int[] components = vectorColumns is (string first, string last)
            ? Span(file, header, first, last)
            : vector >= 0 ? [] : Numbered(header);
        int[] payload = [.. Enumerable.Range(0, header.Length).Where(i => i != id && i != vector && !components.Contains(i))];
        return new CsvColumns(header, id, vector, components, payload);
    }

    private static int[] Span(string file, string[] header, string first, string last)
    {
        int from = Array.IndexOf(header, first);
        int to = Array.IndexOf(header, last);
        if (from < 0 || to < from)
        {
            string missing = from < 0 ? first : to < 0 ? last : $"{first}' before '{last}";
            throw new CommandFailedException($"{file}:1: there is no column '{missing}'");
        }

        return [.. Enumerable.Range(from, to - from + 1)];
    }

    private static int[] Numbered(string[] header)
        => [.. Enumerable.Range(0, header.Length).Select(i => Array.IndexOf(header, $"v{i}")).TakeWhile(column => column >= 0)];
}
