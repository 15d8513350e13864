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
            try
            {
                return CopyOnce();
            }
            catch (FileNotFoundException)
            {
                // A checkpoint deleted a file meanwhile: what was copied so far is of no single moment.
            }
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private TempFolder CopyOnce()
    {
        TempFolder copy = new();
        foreach (string folder in Directory.EnumerateDirectories(Path, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(System.IO.Path.Combine(copy.Path, System.IO.Path.GetRelativePath(Path, folder)));
        }

        foreach (string file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, System.IO.Path.Combine(copy.Path, System.IO.Path.GetRelativePath(Path, file)));
        }

        return copy;
    }
}
