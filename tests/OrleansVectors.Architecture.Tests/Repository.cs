using System.Xml.Linq;

namespace OrleansVectors.Architecture.Tests;

/// <summary>The working copy these tests were built from, found by walking up to the solution file.</summary>
internal static class Repository
{
    public const string SolutionName = "OrleansVectors.sln";

    private static readonly HashSet<string> FoldersNotOurs =
        new(StringComparer.Ordinal) { ".git", ".vs", ".idea", "bin", "obj", "artifacts", "node_modules", "TestResults", "__pycache__" };

    /// <summary>The top folder, with no separator at its end.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every project under <c>src</c> and <c>tests</c>, by file path.</summary>
    public static IReadOnlyList<ProjectFile> Projects { get; } =
    [
        .. Files()
            .Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(path => path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal))
            .Select(ProjectFile.Read),
    ];

    /// <summary>
    /// Every file that belongs to the repository, as paths relative to <see cref="Root"/> with forward slashes. Build
    /// output, downloaded packages and the server's default data folder are left out.
    /// </summary>
    public static IEnumerable<string> Files() => FilesIn(Root).Order(StringComparer.Ordinal);

    /// <summary>The text of a file given by its relative path.</summary>
    public static string ReadText(string relativePath) => File.ReadAllText(Path.Combine(Root, relativePath));

    /// <summary>The root element of an XML file given by its relative path.</summary>
    public static XElement ReadXml(string relativePath) => XElement.Parse(ReadText(relativePath));

    private static IEnumerable<string> FilesIn(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        }

        foreach (string child in Directory.EnumerateDirectories(folder))
        {
            bool isDefaultData = child == Path.Combine(Root, "data");
            if (!isDefaultData && !FoldersNotOurs.Contains(Path.GetFileName(child)))
            {
                foreach (string file in FilesIn(child))
                {
                    yield return file;
                }
            }
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, SolutionName)))
            {
                return folder.FullName.TrimEnd(Path.DirectorySeparatorChar);
            }
        }

        throw new DirectoryNotFoundException($"No {SolutionName} above {AppContext.BaseDirectory}.");
    }
}
