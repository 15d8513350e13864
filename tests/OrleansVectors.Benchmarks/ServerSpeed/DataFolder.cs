namespace OrleansVectors.Benchmarks.ServerSpeed;

/// <summary>Where a measured server keeps its data: a folder that was given, or one of its own that ends with this.</summary>
internal sealed class DataFolder : IDisposable
{
    private const int ReadBytes = 4 << 20;

    private readonly bool isOwn;

    public DataFolder(string? given)
    {
        isOwn = given is null;
        Path = given ?? Directory.CreateTempSubdirectory("ov-benchmark-").FullName;
        Directory.CreateDirectory(Path);
        if (Directory.EnumerateFileSystemEntries(Path).Any())
        {
            throw new BadArgumentException("--data", $"{Path} is not empty");
        }
    }

    public string Path { get; }

    /// <summary>Reads every file once, as fast as one thread can.</summary>
    /// <returns>Bytes.</returns>
    public long ReadAll()
    {
        var buffer = new byte[ReadBytes];
        long bytes = 0;
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            using var handle = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            for (int read; (read = handle.Read(buffer)) > 0;)
            {
                bytes += read;
            }
        }

        return bytes;
    }

    public void Dispose()
    {
        if (isOwn)
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
