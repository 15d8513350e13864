using System.Text.RegularExpressions;

namespace OrleansVectors.Architecture.Tests;

/// <summary>
/// The project graph. <see cref="Allowed"/> is the law; ARCHITECTURE.md draws the same graph for people, with a solid
/// arrow for a reference that exists and a dotted one for a reference of a project that is still to come.
/// </summary>
internal static partial class Picture
{
    /// <summary>For each product project, the product projects its file may reference. Adding an entry is a design decision.</summary>
    public static IReadOnlyDictionary<string, string[]> Allowed { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Numerics"] = [],
        ["Storage"] = [],
        ["Indexes"] = ["Numerics"],
        ["Partitions"] = ["Indexes", "Storage"],
        ["Collections"] = ["Partitions"],
        ["Api"] = ["Collections"],
        ["Grains"] = ["Collections"],
        ["Grpc"] = ["Collections"],
        ["Server"] = ["Api", "Grpc"],
        ["Silo"] = ["Api", "Grains", "Grpc"],
        ["Cli"] = ["Collections"],
        ["Client"] = [],
    };

    /// <summary>The only product projects that may reference Orleans or gRPC packages, with their tests.</summary>
    public static IReadOnlyList<string> MayUseOrleansOrGrpc { get; } = ["Grains", "Silo", "Client", "Grpc"];

    /// <summary>The arrows drawn in ARCHITECTURE.md, as <c>From --&gt; To</c> or <c>From -.-&gt; To</c> lines.</summary>
    public static IReadOnlyList<(string From, string To, bool Exists)> Drawn()
    {
        Match picture = MermaidBlock().Match(Repository.ReadText("ARCHITECTURE.md"));
        Assert.True(picture.Success, "ARCHITECTURE.md has no ```mermaid block");
        return
        [
            .. ArrowLine().Matches(picture.Value)
                .Select(arrow => (arrow.Groups["from"].Value, arrow.Groups["to"].Value, arrow.Groups["kind"].Value == "-->")),
        ];
    }

    [GeneratedRegex("```mermaid.*?```", RegexOptions.Singleline)]
    private static partial Regex MermaidBlock();

    [GeneratedRegex(@"^\s*(?<from>\w+) (?<kind>-->|-\.->) (?<to>\w+)\s*$", RegexOptions.Multiline)]
    private static partial Regex ArrowLine();
}
