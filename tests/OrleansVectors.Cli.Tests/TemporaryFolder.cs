using System.IO.Compression;

namespace OrleansVectors.Cli.Tests;

/// <summary>A folder for one test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "ov-cli-" + Guid.NewGuid().ToString("N"));

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file, through gzip when <paramref name="compress"/> says so.</summary>
    public string Write(string name, byte[] content, bool compress = false)
    {
        string path = File(name);
        using FileStream file = System.IO.File.Create(path);
        if (compress)
        {
            using GZipStream gzip = new(file, CompressionLevel.Fastest);
            gzip.Write(content);
        }
        else
        {
            file.Write(content);
        }

        return path;
    }

    public string Write(string name, string content, bool compress = false)
        => Write(name, System.Text.Encoding.UTF8.GetBytes(content), compress);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
