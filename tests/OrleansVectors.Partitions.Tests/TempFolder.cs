namespace OrleansVectors.Partitions.Tests;

/// <summary>A folder of its own for one test, removed afterwards.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ov-partitions-").FullName;

    /// <summary>Copies the folder as it is: what a crash at this moment would leave under <c>Durability.Flush</c>.</summary>
    public TempFolder Copy()
    {
        while (true)
        {
            // A checkpoint writes segments before its manifest and deletes them after it: between two equal looks at the
            // manifests every file is whole.
            string[] before = Manifests();
            TempFolder copy = new();
            try
            {
                CopyTo(copy);
                if (before.SequenceEqual(Manifests()))
                {
                    return copy;
                }
            }
            catch (IOException missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
            {
                // Deleted meanwhile.
            }

            copy.Dispose();
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private string[] Manifests()
    {
        string folder = System.IO.Path.Combine(Path, "manifests");
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Order()] : [];
    }

    private void CopyTo(TempFolder copy)
    {
        foreach (string folder in Directory.EnumerateDirectories(Path, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(System.IO.Path.Combine(copy.Path, System.IO.Path.GetRelativePath(Path, folder)));
        }

        foreach (string file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, System.IO.Path.Combine(copy.Path, System.IO.Path.GetRelativePath(Path, file)));
        }
    }
}
