namespace OrleansVectors.Cli.VectorFiles;

/// <summary>A two-dimensional NumPy array, row by row.</summary>
internal sealed class NpyReader : IVectorReader
{
    private readonly InputFile _input;
    private readonly NpyHeader _header;
    private readonly byte[] _row;

    public NpyReader(InputFile input)
    {
        _input = input;
        _header = NpyHeader.Read(input);
        _row = new byte[_header.Dim * _header.ElementBytes];
    }

    public string File => _input.Path;

    public int Dim => _header.Dim;

    public long? Rows => _header.Rows;

    public long RowsRead { get; private set; }

    public double FractionRead => _header.Rows == 0 ? 1 : (double)RowsRead / _header.Rows;

    public bool IsInteger => _header.Element is NpyElement.UInt8 or NpyElement.Int8;

    public bool TryRead(Span<float> row)
    {
        if (!TryLoadRow())
        {
            return false;
        }

        Span<float> target = row[..Dim];
        switch (_header.Element)
        {
            case NpyElement.Float16:
                FloatDecoding.FromHalves(_row, target);
                break;
            case NpyElement.Float32:
                FloatDecoding.FromSingles(_row, target);
                break;
            case NpyElement.Float64:
                FloatDecoding.FromDoubles(_row, target);
                break;
            case NpyElement.UInt8:
                FloatDecoding.FromBytes(_row, target);
                break;
            default:
                FloatDecoding.FromSignedBytes(_row, target);
                break;
        }

        return true;
    }

    public void Skip(long rows)
    {
        if (!_input.IsCompressed && _input.Content.Position + (rows * _row.Length) <= _input.StoredBytes && RowsRead + rows <= _header.Rows)
        {
            _input.Content.Seek(rows * _row.Length, SeekOrigin.Current);
            RowsRead += rows;
            return;
        }

        for (; rows > 0; rows--)
        {
            if (!TryLoadRow())
            {
                throw new VectorFileException(File, RowsRead, "the file ends before this row");
            }
        }
    }

    public void Dispose() => _input.Dispose();

    private bool TryLoadRow()
    {
        if (RowsRead == _header.Rows)
        {
            if (_input.TryReadExactly(stackalloc byte[1], RowsRead))
            {
                throw new VectorFileException(File, RowsRead, $"there is more after the {_header.Rows} rows that the header promises");
            }

            return false;
        }

        if (!_input.TryReadExactly(_row, RowsRead))
        {
            throw new VectorFileException(File, RowsRead, $"the file ends here, but its header promises {_header.Rows} rows");
        }

        RowsRead++;
        return true;
    }
}
