namespace OrleansVectors.Cli.VectorFiles;

/// <summary>A table of integers in memory: row i holds the ids of query i's true neighbours, nearest first.</summary>
public sealed class IntVectors
{
    private readonly int[] _values;

    private IntVectors(int[] values, int rows, int dim)
    {
        _values = values;
        Rows = rows;
        Dim = dim;
    }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>Integers per row.</summary>
    public int Dim { get; }

    /// <summary>One row, <see cref="Dim"/> integers.</summary>
    public ReadOnlySpan<int> Row(int row) => _values.AsSpan(checked(row * Dim), Dim);

    /// <summary>Reads an .ivecs file, gzip or plain, whatever its name.</summary>
    /// <exception cref="VectorFileException">The file is cut off, damaged, or changes its dimension.</exception>
    public static IntVectors ReadAll(string path)
    {
        using VecsReader reader = (VecsReader)VectorFile.Open(path, VectorFileFormat.Ivecs);
        int dim = reader.Dim;
        int[] values = new int[checked((int)(((reader.Rows ?? 1024) + 1) * dim))];
        int rows = 0;
        while (true)
        {
            if (checked((rows + 1) * dim) > values.Length)
            {
                Array.Resize(ref values, checked(Math.Max(values.Length * 2, dim)));
            }

            if (!reader.TryReadIntegers(values.AsSpan(rows * dim, dim)))
            {
                return new IntVectors(values, rows, dim);
            }

            rows++;
        }
    }
}
