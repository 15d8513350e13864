using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OrleansVectors.Cli.VectorFiles;

/// <summary>
/// The header of a NumPy array file (NEP 1): magic, version, header length, and a Python dictionary with the keys
/// <c>descr</c>, <c>fortran_order</c> and <c>shape</c>. Version 1 has a 16-bit length, versions 2 and 3 a 32-bit one; 3
/// allows UTF-8, which only structured types need.
/// </summary>
internal sealed partial record NpyHeader(NpyElement Element, long Rows, int Dim)
{
    /// <summary>Far more than NumPy writes for a plain array; bounds what a damaged length can make us allocate.</summary>
    private const int HeaderBytesMax = 1 << 20;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    public int ElementBytes => Element switch
    {
        NpyElement.Float16 => 2,
        NpyElement.Float32 => 4,
        NpyElement.Float64 => 8,
        _ => 1,
    };

    public static NpyHeader Read(InputFile input)
    {
        Span<byte> start = stackalloc byte[8];
        if (!input.TryReadExactly(start, row: null) || !start.StartsWith(Magic))
        {
            throw new VectorFileException(input.Path, row: null, "not a NumPy file: the magic bytes are missing");
        }

        int version = start[6];
        if (version is < 1 or > 3)
        {
            throw new VectorFileException(input.Path, row: null, $"NumPy format version {version} is not known (1 to 3 are)");
        }

        Span<byte> length = stackalloc byte[version == 1 ? 2 : 4];
        bool complete = input.TryReadExactly(length, row: null);
        uint headerBytes = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (headerBytes > HeaderBytesMax)
        {
            throw new VectorFileException(input.Path, row: null, $"a NumPy header of {headerBytes} bytes is larger than {HeaderBytesMax}");
        }

        byte[] text = new byte[headerBytes];
        if (!complete || !input.TryReadExactly(text, row: null))
        {
            throw new VectorFileException(input.Path, row: null, "the file is cut off in its NumPy header");
        }

        return Parse(Encoding.UTF8.GetString(text), input.Path);
    }

    private static NpyHeader Parse(string text, string path)
    {
        string descr = Value(DescrPattern(), text, path, "descr");
        if (Value(OrderPattern(), text, path, "fortran_order") == "True")
        {
            throw new VectorFileException(path, row: null, "the array is in Fortran order; save numpy.ascontiguousarray(a) instead");
        }

        NpyElement element = descr switch
        {
            "<f2" => NpyElement.Float16,
            "<f4" => NpyElement.Float32,
            "<f8" => NpyElement.Float64,
            "|u1" or "<u1" => NpyElement.UInt8,
            "|i1" or "<i1" => NpyElement.Int8,
            _ => throw new VectorFileException(
                path, row: null, $"elements of type '{descr}' are not supported (little-endian float16, float32, float64, uint8 and int8 are)"),
        };

        string shape = Value(ShapePattern(), text, path, "shape");
        string[] sizes = shape.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (sizes.Length != 2)
        {
            throw new VectorFileException(path, row: null, $"the array has shape ({shape}); rows and columns are needed");
        }

        if (!long.TryParse(sizes[0], NumberStyles.None, CultureInfo.InvariantCulture, out long rows)
            || !int.TryParse(sizes[1], NumberStyles.None, CultureInfo.InvariantCulture, out int dim)
            || dim is < 1 or > VectorFile.DimMax)
        {
            throw new VectorFileException(path, row: null, $"shape ({shape}): the columns must be between 1 and {VectorFile.DimMax}");
        }

        return new NpyHeader(element, rows, dim);
    }

    private static string Value(Regex pattern, string text, string path, string key)
    {
        Match match = pattern.Match(text);
        return match.Success
            ? match.Groups[1].Value
            : throw new VectorFileException(path, row: null, $"the NumPy header has no usable '{key}': {text.Trim()}");
    }

    [GeneratedRegex("""['"]descr['"]\s*:\s*['"]([^'"]*)['"]""")]
    private static partial Regex DescrPattern();

    [GeneratedRegex("""['"]fortran_order['"]\s*:\s*(True|False)""")]
    private static partial Regex OrderPattern();

    [GeneratedRegex("""['"]shape['"]\s*:\s*\(([0-9,\s]*)\)""")]
    private static partial Regex ShapePattern();
}
