using System.IO.Compression;

namespace OrleansVectors.Cli.VectorFiles;

/// <summary>
/// A file to read from start to end, gzip or plain. Which of the two is decided by the first three bytes, never by the
/// name: 1F 8B 08 starts every gzip file of the deflate method, and as a little-endian dimension it would be larger than
/// any that is allowed, so no plain vector file starts that way.
/// </summary>
internal sealed class InputFile : IDisposable
{
    private const int BufferBytes = 128 * 1024;

    private readonly FileStream _file;
    private readonly Stream _content;

    public InputFile(string path)
    {
        Path = path;
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        Span<byte> magic = stackalloc byte[3];
        int read = _file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        _file.Position = 0;
        IsCompressed = read == 3 && magic.SequenceEqual((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08]);
        _content = IsCompressed ? new BufferedStream(new GZipStream(_file, CompressionMode.Decompress), BufferBytes) : _file;
    }

    public string Path { get; }

    public bool IsCompressed { get; }

    /// <summary>The decompressed bytes.</summary>
    public Stream Content => _content;

    /// <summary>Bytes on disk.</summary>
    public long StoredBytes => _file.Length;

    /// <summary>The share of the bytes on disk consumed so far, 0 to 1; reads ahead by at most a buffer.</summary>
    public double FractionRead => _file.Length == 0 ? 1 : Math.Min(1, (double)_file.Position / _file.Length);

    /// <summary>Fills <paramref name="bytes"/> wholly, or reports the clean end of the file.</summary>
    /// <returns>False when the file ends exactly here.</returns>
    /// <exception cref="VectorFileException">The file ends in the middle, or its compression is damaged.</exception>
    public bool TryReadExactly(Span<byte> bytes, long? row)
    {
        int read;
        try
        {
            read = _content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException damage)
        {
            throw new VectorFileException(Path, row, $"the gzip data is damaged or cut off ({damage.Message})", damage);
        }

        if (read == 0 && bytes.Length > 0)
        {
            return false;
        }

        if (read < bytes.Length)
        {
            throw new VectorFileException(Path, row, $"the file is cut off: {read} of {bytes.Length} bytes are there");
        }

        return true;
    }

    public void Dispose()
    {
        _content.Dispose();
        _file.Dispose();
    }
}
