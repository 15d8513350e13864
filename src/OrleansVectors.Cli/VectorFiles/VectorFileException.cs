using System.Globalization;

namespace OrleansVectors.Cli.VectorFiles;

/// <summary>A vector file that is not what its format promises.</summary>
public sealed class VectorFileException : Exception
{
    /// <summary>Names the file, the row (from 0) where one is to blame, and what is wrong.</summary>
    public VectorFileException(string file, long? row, string message)
        : base(Describe(file, row, message))
    {
        File = file;
        Row = row;
    }

    /// <summary>The same, with the decoder's exception kept.</summary>
    public VectorFileException(string file, long? row, string message, Exception inner)
        : base(Describe(file, row, message), inner)
    {
        File = file;
        Row = row;
    }

    /// <summary>The file as it was named by the caller.</summary>
    public string File { get; }

    /// <summary>The row to blame, counted from 0; null when it is the file or its header.</summary>
    public long? Row { get; }

    private static string Describe(string file, long? row, string message)
        => row is null ? $"{file}: {message}" : string.Create(CultureInfo.InvariantCulture, $"{file}: row {row}: {message}");
}
