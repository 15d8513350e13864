using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Import;

/// <summary>The lines of a file as bytes, gzip or plain, with their numbers; LF or CRLF, a UTF-8 byte order mark is dropped.</summary>
internal sealed class LineReader(string file) : IDisposable
{
    /// <summary>Longer lines are refused: nothing that long is a point, and one line must fit in memory.</summary>
    public const int LineBytesMax = 64 << 20;

    private readonly InputFile _input = new(file);
    private byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;
    private bool _atEnd;

    /// <summary>The number of the line last read, from 1.</summary>
    public long Line { get; private set; }

    public double FractionRead => _input.FractionRead;

    /// <summary>Reads the next line, without its end; valid until the next call.</summary>
    /// <exception cref="VectorFileException">The compression is damaged, or a line is too long.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = Take(searched + length, ending: 1);
                return true;
            }

            searched = _end - _start;
            if (_atEnd)
            {
                bool rest = searched > 0;
                line = rest ? Take(searched, ending: 0) : default;
                return rest;
            }

            Fill();
        }
    }

    public void Dispose() => _input.Dispose();

    private ReadOnlySpan<byte> Take(int length, int ending)
    {
        ReadOnlySpan<byte> line = _buffer.AsSpan(_start, length);
        _start += length + ending;
        Line++;
        if (Line == 1 && line.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            line = line[3..];
        }

        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private void Fill()
    {
        int kept = _end - _start;
        if (kept > LineBytesMax)
        {
            throw new VectorFileException(file, row: null, $"line {Line + 1} is longer than {LineBytesMax} bytes");
        }

        if (kept > _buffer.Length / 2)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        _buffer.AsSpan(_start, kept).CopyTo(_buffer);
        _start = 0;
        _end = kept;
        try
        {
            int read = _input.Content.Read(_buffer.AsSpan(_end));
            _end += read;
            _atEnd = read == 0;
        }
        catch (InvalidDataException damage)
        {
            throw new VectorFileException(file, row: null, $"the gzip data is damaged or cut off after line {Line} ({damage.Message})", damage);
        }
    }
}
