using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Storage.Blobs;

/// <summary>Gives finished files their names below a root, and takes them away; durable when a call returns.</summary>
internal sealed class FolderNames(string root)
{
    private const int AttemptsMax = 100;

    /// <summary>Gives a file its name, replacing one that has it.</summary>
    /// <returns>True.</returns>
    public bool Replace(string temporary, string path) => Name(temporary, path, Rename);

    /// <summary>Gives a file its name if none has it.</summary>
    /// <returns>False when one has it.</returns>
    public bool TryCreate(string temporary, string path) => Name(temporary, path, LinkIfNew);

    /// <summary>Deletes files of one folder, and with them the folders that are empty then.</summary>
    /// <returns>False when the folder was not there.</returns>
    public bool Delete(string folder, IEnumerable<string> paths)
    {
        if (!Directory.Exists(folder))
        {
            return false;
        }

        try
        {
            foreach (string path in paths.Where(static path => !Directory.Exists(path)))
            {
                File.Delete(path);
            }

            Posix.FlushFolder(folder);
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }

        RemoveEmpty(folder);
        return true;
    }

    private bool Name(string temporary, string path, Func<string, string, bool> name)
    {
        string folder = Path.GetDirectoryName(path)!;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                Directory.CreateDirectory(folder);
                bool named = name(temporary, path);
                FlushUpToRoot(folder);
                return named;
            }
            catch (IOException error) when (IsOfAMissingName(error) && attempt < AttemptsMax && File.Exists(temporary))
            {
                // A deletion took the folder, which it found empty.
            }
        }
    }

    private void FlushUpToRoot(string folder)
    {
        for (string at = folder; at.Length >= root.Length; at = Path.GetDirectoryName(at) ?? "")
        {
            try
            {
                Posix.FlushFolder(at);
            }
            catch (DirectoryNotFoundException)
            {
                // Deleted with everything in it since; there is nothing to keep.
            }
        }
    }

    private static bool IsOfAMissingName(IOException error) => error is DirectoryNotFoundException or FileNotFoundException;

    private static bool Rename(string temporary, string path)
    {
        File.Move(temporary, path, overwrite: true);
        return true;
    }

    private static bool LinkIfNew(string temporary, string path)
    {
        LinkOutcome outcome = Posix.Link(temporary, path);
        if (outcome != LinkOutcome.Unsupported)
        {
            return outcome == LinkOutcome.Linked;
        }

        try
        {
            // One step on Windows. A file system without links is looked at first: the promise allows it.
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    private void RemoveEmpty(string folder)
    {
        try
        {
            for (string at = folder; at.Length > root.Length; at = Path.GetDirectoryName(at)!)
            {
                Directory.Delete(at);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Something is in it, or someone else was faster. An empty folder does no harm.
        }
    }
}
