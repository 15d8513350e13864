namespace OrleansVectors.Faults.Server;

/// <summary>Which server is started: a .dll that <c>dotnet</c> runs, or a published executable, which starts in half of the time.</summary>
internal sealed class ServerProgram
{
    private const string BuiltServer = "src/OrleansVectors.Server/bin/Release/net10.0/OrleansVectors.Server.dll";
    private const string Solution = "OrleansVectors.sln";

    public ServerProgram(string? path)
    {
        string file = Path.GetFullPath(path ?? FindBuilt());
        bool isAssembly = file.EndsWith(".dll", StringComparison.Ordinal);
        Command = isAssembly ? "dotnet" : file;
        Arguments = isAssembly ? [file] : [];
    }

    /// <summary>The file to execute.</summary>
    public string Command { get; }

    /// <summary>What goes before the server's own options.</summary>
    public IReadOnlyList<string> Arguments { get; }

    private static string FindBuilt()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
                return Path.Combine(folder.FullName, BuiltServer);
        }

        throw new ServerStartException($"there is no {Solution} above {AppContext.BaseDirectory}: name the server with --server");
    }
}
