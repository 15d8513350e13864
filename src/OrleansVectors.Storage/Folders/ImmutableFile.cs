namespace OrleansVectors.Storage.Folders;

/// <summary>Files that never change once they are written, so that two owners can have one.</summary>
public static class ImmutableFile
{
    /// <summary>
    /// Gives a file a second name: a link where the file system has those, else a copy. The name is durable once its folder
    /// has been flushed, as whoever writes a manifest into a partition does.
    /// </summary>
    /// <exception cref="IOException">It cannot be read, or the new name is taken or cannot be written.</exception>
    public static void Share(string path, string name)
    {
        try
        {
            if (Posix.Link(path, name) == LinkOutcome.Linked)
            {
                Posix.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(name))!);
                return;
            }
        }
        catch (IOException)
        {
            // Two file systems, perhaps: then a copy does; if not, the copy says what is wrong.
        }

        File.Copy(path, name);
        using Microsoft.Win32.SafeHandles.SafeFileHandle copy = File.OpenHandle(name, FileMode.Open, FileAccess.ReadWrite);
        Posix.FlushData(copy);
        Posix.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(name))!);
    }
}
