using System.Xml.Linq;

namespace OrleansVectors.Architecture.Tests;

public sealed class PackageTests
{
    [Fact]
    public void Only_the_cluster_and_gRPC_projects_use_Orleans_or_gRPC_packages()
    {
        string[] misplaced =
        [
            .. Repository.Projects
                .Where(project => !Picture.MayUseOrleansOrGrpc.Any(name => project.Name == name || project.Name == name + ".Tests"))
                .SelectMany(project => project.Packages.Where(IsOrleansOrGrpc).Select(package => $"{project.Name}: {package}")),
        ];

        Assert.Empty(misplaced);
    }

    [Fact]
    public void Package_versions_are_written_in_Directory_Packages_props_alone()
    {
        string[] elsewhere =
        [
            .. Repository.Files().Where(IsBuildFile).Where(path => path != "Directory.Packages.props")
                .SelectMany(path => Repository.ReadXml(path).Descendants()
                    .Where(CarriesAVersion)
                    .Select(element => $"{path}: {element.Attribute("Include")?.Value ?? element.Attribute("Update")?.Value}")),
        ];

        Assert.Empty(elsewhere);
    }

    private static bool IsOrleansOrGrpc(string package)
        => package.Contains("Orleans", StringComparison.OrdinalIgnoreCase)
            || package.StartsWith("Grpc", StringComparison.OrdinalIgnoreCase)
            || package.StartsWith("Google.Protobuf", StringComparison.OrdinalIgnoreCase);

    private static bool IsBuildFile(string path)
        => path.EndsWith(".csproj", StringComparison.Ordinal)
            || path.EndsWith(".props", StringComparison.Ordinal)
            || path.EndsWith(".targets", StringComparison.Ordinal);

    private static bool CarriesAVersion(XElement element)
        => element.Name.LocalName is "PackageVersion"
            || (element.Name.LocalName is "PackageReference" or "GlobalPackageReference"
                && (element.Attribute("Version") ?? element.Attribute("VersionOverride")) is not null)
            || (element.Name.LocalName is "Version" or "VersionOverride" && element.Parent?.Name.LocalName is "PackageReference");
}
