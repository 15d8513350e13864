using System.Text.RegularExpressions;

namespace OrleansVectors.Architecture.Tests;

public sealed partial class RepositoryTests
{
    private const int ReadmeLinesMin = 10;

    private static readonly HashSet<string> TextExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        "", ".cs", ".csproj", ".props", ".targets", ".sln", ".config", ".json", ".md", ".sh", ".yml", ".yaml", ".mjs", ".js", ".ts",
        ".html", ".css", ".py", ".txt", ".xml", ".editorconfig", ".gitignore", ".dockerignore", ".npmrc", ".tf", ".sql", ".proto",
    };

    [Fact]
    public void Every_product_project_has_a_README()
    {
        string[] without =
        [
            .. Repository.Projects.Where(project => project.IsProduct)
                .Select(project => project.Folder + "/README.md")
                .Where(path => !File.Exists(Path.Combine(Repository.Root, path))
                    || Repository.ReadText(path).Split('\n').Length < ReadmeLinesMin),
        ];

        Assert.Empty(without);
    }

    [Fact]
    public void No_file_names_a_folder_of_somebodys_machine()
    {
        string[] found =
        [
            .. Repository.Files().Where(path => TextExtensions.Contains(Path.GetExtension(path)))
                .SelectMany(path => Repository.ReadText(path).Split('\n')
                    .Select((line, index) => (line, number: index + 1))
                    .Where(entry => MachinePath().IsMatch(entry.line))
                    .Select(entry => $"{path}:{entry.number}: {entry.line.Trim()}")),
        ];

        Assert.Empty(found);
    }

    [Fact]
    public void Every_relative_link_in_a_document_leads_to_a_file()
    {
        string[] broken =
        [
            .. Repository.Files().Where(path => path.EndsWith(".md", StringComparison.Ordinal))
                .SelectMany(path => MarkdownLink().Matches(Repository.ReadText(path))
                    .Select(link => link.Groups["target"].Value)
                    .Where(target => !target.Contains("://", StringComparison.Ordinal))
                    .Where(target => !Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(path)!, target)))
                    .Select(target => $"{path}: {target}")),
        ];

        Assert.Empty(broken);
    }

    // An absolute path whose first folder is a home or a checkout; the words before it keep addresses such as
    // https://host/root/x out. Written as alternatives so that this file does not match itself.
    [GeneratedRegex(@"(?<![\w.\-])/(work|root|home|Users)/")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex MarkdownLink();
}
