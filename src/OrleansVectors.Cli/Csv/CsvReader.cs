using System.Text;

namespace OrleansVectors.Cli.Csv;

/// <summary>
/// Comma-separated values as RFC 4180 has them: fields may be quoted, a quoted field may hold commas, line breaks and
/// doubled quotes. LF and CRLF end a record; blank lines are passed over.
/// </summary>
internal sealed class CsvReader(TextReader text) : IDisposable
{
    /// <summary>Bounds what a quote that is never closed can swallow.</summary>
    public const int FieldCharsMax = 16 << 20;

    private readonly char[] _buffer = new char[64 * 1024];
    private readonly StringBuilder _field = new();
    private int _position;
    private int _length;
    private long _nextLine = 1;

    /// <summary>The line, from 1, on which the record last read begins.</summary>
    public long Line { get; private set; }

    /// <summary>Reads the next record into <paramref name="fields"/>.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="FormatException">The record breaks the quoting rules; reading can go on with the next line.</exception>
    public bool TryRead(List<string> fields)
    {
        do
        {
            fields.Clear();
            Line = _nextLine;
            if (Peek() < 0)
            {
                return false;
            }

            while (ReadField(fields))
            {
            }
        }
        while (fields.Count == 1 && fields[0].Length == 0);
        return true;
    }

    public void Dispose() => text.Dispose();

    /// <summary>Reads one field and its end; false when the record ends with it.</summary>
    private bool ReadField(List<string> fields)
    {
        _field.Clear();
        if (Peek() == '"')
        {
            ReadQuoted();
        }

        while (true)
        {
            int next = Read();
            switch (next)
            {
                case ',':
                    fields.Add(_field.ToString());
                    return true;
                case '\r' when Peek() == '\n':
                    break;
                case '\n' or -1:
                    fields.Add(_field.ToString());
                    return false;
                default:
                    Append((char)next);
                    break;
            }
        }
    }

    private void ReadQuoted()
    {
        Read();
        while (true)
        {
            int next = Read();
            if (next < 0)
            {
                throw new FormatException("a quoted field is not closed before the end of the file");
            }

            if (next == '"')
            {
                if (Peek() == '"')
                {
                    Read();
                }
                else if (Peek() is ',' or '\n' or '\r' or -1)
                {
                    return;
                }
                else
                {
                    SkipLine();
                    throw new FormatException("a quoted field goes on after its closing quote");
                }
            }

            Append((char)next);
        }
    }

    private void Append(char character)
    {
        if (_field.Length == FieldCharsMax)
        {
            SkipLine();
            throw new FormatException($"a field is longer than {FieldCharsMax} characters; is a quote not closed?");
        }

        _field.Append(character);
    }

    private void SkipLine()
    {
        while (Read() is not ('\n' or -1))
        {
        }
    }

    private int Peek()
    {
        if (_position == _length)
        {
            _position = 0;
            _length = text.Read(_buffer, 0, _buffer.Length);
        }

        return _position < _length ? _buffer[_position] : -1;
    }

    private int Read()
    {
        int next = Peek();
        if (next >= 0)
        {
            _position++;
            _nextLine += next == '\n' ? 1 : 0;
        }

        return next;
    }
}
