namespace OrleansVectors.Storage.Folders;

/// <summary>Creates folders that are still there after a crash.</summary>
public static class FolderCreation
{
    /// <summary>Creates a folder and those above it where they are missing, each durably.</summary>
    /// <exception cref="IOException">It cannot be created, or a file has its name.</exception>
    public static void Ensure(string folder)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(path) is string parent)
        {
            Ensure(parent);
            Directory.CreateDirectory(path);
            Posix.FlushFolder(parent);
        }
    }
}
