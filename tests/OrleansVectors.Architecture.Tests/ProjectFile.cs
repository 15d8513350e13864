using System.Xml.Linq;

namespace OrleansVectors.Architecture.Tests;

/// <summary>What a project file says, reduced to what the picture is about.</summary>
/// <param name="RelativePath">Path below the repository's root, with forward slashes.</param>
/// <param name="Name">The name without the <c>OrleansVectors.</c> prefix, as the picture writes it.</param>
/// <param name="References">Short names of the projects it references.</param>
/// <param name="Packages">Ids of the packages it references.</param>
internal sealed record ProjectFile(
    string RelativePath,
    string Name,
    IReadOnlyList<string> References,
    IReadOnlyList<string> Packages)
{
    private const string Prefix = "OrleansVectors.";

    public bool IsProduct => RelativePath.StartsWith("src/", StringComparison.Ordinal);

    public string Folder => RelativePath[..RelativePath.LastIndexOf('/')];

    public static ProjectFile Read(string relativePath)
    {
        XElement xml = Repository.ReadXml(relativePath);
        return new ProjectFile(
            relativePath,
            ShortName(relativePath),
            [.. Includes(xml, "ProjectReference").Select(ShortName).Order(StringComparer.Ordinal)],
            [.. Includes(xml, "PackageReference").Order(StringComparer.Ordinal)]);
    }

    private static IEnumerable<string> Includes(XElement xml, string item)
        => xml.Descendants(item).Select(element => (string?)element.Attribute("Include")).OfType<string>();

    private static string ShortName(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));
        return name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
    }
}
