using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OrleansVectors.Cli.VectorFiles;

/// <summary>The .fvecs, .bvecs and .ivecs family: each row carries its dimension as int32, then its components.</summary>
internal sealed class VecsReader : IVectorReader
{
    private const int HeaderBytes = sizeof(int);

    private readonly InputFile _input;
    private readonly VectorFileFormat _format;
    private readonly byte[] _record;
    private bool _firstIsLoaded;

    public VecsReader(InputFile input, VectorFileFormat format)
    {
        _input = input;
        _format = format;
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (!input.TryReadExactly(header, row: 0))
        {
            throw new VectorFileException(input.Path, row: null, "the file is empty");
        }

        Dim = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (Dim is < 1 or > VectorFile.DimMax)
        {
            throw new VectorFileException(input.Path, row: 0, $"dimension {Dim} is not between 1 and {VectorFile.DimMax}");
        }

        _record = new byte[HeaderBytes + (Dim * ElementBytes(format))];
        header.CopyTo(_record);
        if (!input.TryReadExactly(_record.AsSpan(HeaderBytes), row: 0))
        {
            throw new VectorFileException(input.Path, row: 0, "the file is cut off after the dimension");
        }

        _firstIsLoaded = true;

        // A remainder is not refused here: the reading of the last row names it with its number.
        Rows = input.IsCompressed ? null : input.StoredBytes / _record.Length;
    }

    public string File => _input.Path;

    public int Dim { get; }

    public long? Rows { get; }

    public long RowsRead { get; private set; }

    public double FractionRead => _input.FractionRead;

    public bool IsInteger => _format != VectorFileFormat.Fvecs;

    public bool TryRead(Span<float> row)
    {
        if (!TryLoadRecord())
        {
            return false;
        }

        ReadOnlySpan<byte> components = _record.AsSpan(HeaderBytes);
        Span<float> target = row[..Dim];
        switch (_format)
        {
            case VectorFileFormat.Fvecs:
                FloatDecoding.FromSingles(components, target);
                break;
            case VectorFileFormat.Bvecs:
                FloatDecoding.FromBytes(components, target);
                break;
            default:
                FloatDecoding.FromInt32s(components, target);
                break;
        }

        return true;
    }

    /// <summary>Reads the next row of an .ivecs file without a detour through floats.</summary>
    public bool TryReadIntegers(Span<int> row)
    {
        if (!TryLoadRecord())
        {
            return false;
        }

        ReadOnlySpan<byte> components = _record.AsSpan(HeaderBytes);
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.Cast<byte, int>(components).CopyTo(row);
        }
        else
        {
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, int>(components), row);
        }

        return true;
    }

    public void Skip(long rows)
    {
        if (rows > 0 && _firstIsLoaded)
        {
            _firstIsLoaded = false;
            RowsRead++;
            rows--;
        }

        if (!_input.IsCompressed && RowsRead + rows <= Rows)
        {
            _input.Content.Seek(rows * _record.Length, SeekOrigin.Current);
            RowsRead += rows;
            return;
        }

        for (; rows > 0; rows--)
        {
            if (!TryLoadRecord())
            {
                throw new VectorFileException(File, RowsRead, "the file ends before this row");
            }
        }
    }

    public void Dispose() => _input.Dispose();

    private static int ElementBytes(VectorFileFormat format) => format == VectorFileFormat.Bvecs ? 1 : 4;

    private bool TryLoadRecord()
    {
        if (_firstIsLoaded)
        {
            _firstIsLoaded = false;
        }
        else
        {
            if (!_input.TryReadExactly(_record, RowsRead))
            {
                return false;
            }

            int dim = BinaryPrimitives.ReadInt32LittleEndian(_record);
            if (dim != Dim)
            {
                throw new VectorFileException(File, RowsRead, $"dimension {dim}, but the rows before it have {Dim}");
            }
        }

        RowsRead++;
        return true;
    }
}
