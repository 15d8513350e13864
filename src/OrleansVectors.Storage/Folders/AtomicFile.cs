using Microsoft.Win32.SafeHandles;

namespace OrleansVectors.Storage.Folders;

/// <summary>Replaces small files so that a crash leaves the old bytes or the new ones, never a mixture.</summary>
public static class AtomicFile
{
    /// <summary>What a file under construction is called after its final name. Leftovers may be deleted.</summary>
    public const string TemporaryExtension = ".tmp";

    /// <summary>Writes a file, replacing one of that name; on the disk when this returns.</summary>
    /// <exception cref="IOException">
    /// The disk is full or fails. The old file is still there, unless the very last step failed, the flush of the
    /// folder: then the new one is there and a crash may bring back the old.
    /// </exception>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = path + TemporaryExtension;
        try
        {
            using (SafeFileHandle file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(file, bytes, 0);
                Posix.FlushData(file);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        Posix.FlushFolder(FolderOf(path));
    }

    /// <summary>Deletes a file if it is there; on the disk when this returns.</summary>
    public static void Delete(string path)
    {
        File.Delete(path);
        Posix.FlushFolder(FolderOf(path));
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;
}
