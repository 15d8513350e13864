using System.Diagnostics.CodeAnalysis;

namespace OrleansVectors.Cli.VectorFiles;

/// <summary>Reads a vector file from its first row to its last, one row at a time, in constant memory.</summary>
/// <remarks>Not safe for use by several threads at once.</remarks>
public interface IVectorReader : IDisposable
{
    /// <summary>The file as it was named by the caller.</summary>
    string File { get; }

    /// <summary>Components per row; the same for every row of a file.</summary>
    [SuppressMessage("Naming", "CA1716", Justification = "dim is the word for it everywhere here; that Visual Basic reserves it costs C# nothing.")]
    int Dim { get; }

    /// <summary>Rows in the whole file, where that is known before reading it (not in compressed files without a header).</summary>
    long? Rows { get; }

    /// <summary>Rows read or skipped so far; the number of the next row.</summary>
    long RowsRead { get; }

    /// <summary>The share of the file that has been consumed, 0 to 1; of its compressed bytes where it is compressed.</summary>
    double FractionRead { get; }

    /// <summary>True when the format stores integers, so every component is a whole number.</summary>
    bool IsInteger { get; }

    /// <summary>Reads the next row into the first <see cref="Dim"/> components of <paramref name="row"/>.</summary>
    /// <returns>False at the end of the file; the row is then untouched.</returns>
    /// <exception cref="VectorFileException">The file is cut off, damaged, or changes its dimension.</exception>
    bool TryRead(Span<float> row);

    /// <summary>Passes over rows without converting them; by seeking where the file is not compressed.</summary>
    /// <exception cref="VectorFileException">There are fewer rows left than that.</exception>
    void Skip(long rows);
}
