namespace OrleansVectors.Faults.Damage;

/// <summary>Copies a folder with all that is below.</summary>
internal static class FolderCopy
{
    public static void Make(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (string folder in Directory.EnumerateDirectories(from))
            Make(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
