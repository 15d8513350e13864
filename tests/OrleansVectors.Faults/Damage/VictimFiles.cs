namespace OrleansVectors.Faults.Damage;

/// <summary>The files of one collection in a data folder.</summary>
internal sealed class VictimFiles
{
    private const string DocumentPrefix = "collection-";

    private readonly string _partition;

    public VictimFiles(string dataFolder, string collection)
    {
        Document = Directory.EnumerateFiles(Path.Combine(dataFolder, "control"), DocumentPrefix + "*")
            .Single(file => File.ReadAllText(file).Contains($"\"{collection}\"", StringComparison.Ordinal));
        string name = Path.GetFileNameWithoutExtension(Document)[DocumentPrefix.Length..];
        Folder = Path.Combine(dataFolder, "collections", name);
        _partition = Path.Combine(Folder, "partition-0");
    }

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>Its control document.</summary>
    public string Document { get; }

    /// <summary>Its newest log file.</summary>
    public string NewestLog => In("log")[^1];

    /// <summary>All files of a kind.</summary>
    public IReadOnlyList<string> Of(FileKind kind) => kind switch
    {
        FileKind.NewestLog => In("log")[^1..],
        FileKind.OlderLog => In("log")[..^1],
        FileKind.Segment => In("segments"),
        FileKind.NewestManifest => In("manifests")[^1..],
        FileKind.OlderManifest => In("manifests")[..^1],
        _ => [Document],
    };

    private string[] In(string folder)
        => [.. Directory.EnumerateFiles(Path.Combine(_partition, folder)).Order(StringComparer.Ordinal)];
}
