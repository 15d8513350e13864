using System.IO.Compression;

namespace OrleansVectors.Cli.Export;

/// <summary>
/// A file that appears under its name only when it is complete: it is written beside and renamed by
/// <see cref="Commit"/>. Without a name it is the standard output. A name that ends in .gz is compressed.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private const int BufferBytes = 128 * 1024;

    private readonly string? _path;
    private readonly string? _beside;
    private readonly Stream _target;
    private readonly GZipStream? _gzip;
    private bool _isClosed;

    public OutputFile(string? path, Func<Stream> openOutput)
    {
        _path = path;
        if (path is null)
        {
            _target = openOutput();
        }
        else
        {
            _beside = $"{path}.partial-{Environment.ProcessId}";
            _target = new FileStream(_beside, FileMode.Create, FileAccess.Write, FileShare.None);
            _gzip = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(_target, CompressionLevel.Optimal) : null;
        }

        Content = new BufferedStream(_gzip ?? _target, BufferBytes);
    }

    /// <summary>Where the content goes.</summary>
    public Stream Content { get; }

    /// <summary>Completes the file: flushed to the disk, then renamed over what was there.</summary>
    public void Commit()
    {
        Content.Flush();
        if (_path is null)
        {
            return;
        }

        // Closing the compressor writes its last block; it would close the file with it, so that is flushed through a new handle.
        Content.Dispose();
        _isClosed = true;
        using (FileStream written = new(_beside!, FileMode.Open, FileAccess.ReadWrite))
        {
            written.Flush(flushToDisk: true);
        }

        File.Move(_beside!, _path, overwrite: true);
    }

    public void Dispose()
    {
        if (_isClosed || _path is null)
        {
            return;
        }

        Content.Dispose();
        File.Delete(_beside!);
    }
}
