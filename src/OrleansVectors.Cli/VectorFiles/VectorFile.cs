namespace OrleansVectors.Cli.VectorFiles;

/// <summary>Opens vector files, gzip or plain (told by their first bytes, whatever the name says).</summary>
public static class VectorFile
{
    /// <summary>Components per vector, at most; what the API accepts.</summary>
    public const int DimMax = 65536;

    /// <summary>Opens a file for one pass over its rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Its format; from its name (see <see cref="FormatOf"/>) when null.</param>
    /// <exception cref="VectorFileException">The header or the first row is not what the format promises.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IVectorReader Open(string path, VectorFileFormat? format = null)
    {
        VectorFileFormat chosen = format ?? FormatOf(path);
        InputFile input = new(path);
        try
        {
            return chosen == VectorFileFormat.Npy ? new NpyReader(input) : new VecsReader(input, chosen);
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <summary>The format that a name promises by its extension, after a possible <c>.gz</c>.</summary>
    /// <exception cref="VectorFileException">The extension is none of ours.</exception>
    public static VectorFileFormat FormatOf(string path)
        => Extension(path) switch
        {
            ".fvecs" => VectorFileFormat.Fvecs,
            ".bvecs" => VectorFileFormat.Bvecs,
            ".ivecs" => VectorFileFormat.Ivecs,
            ".npy" => VectorFileFormat.Npy,
            _ => throw new VectorFileException(path, row: null, "the name ends in none of .fvecs, .bvecs, .ivecs, .npy (with or without .gz); say the format"),
        };

    /// <summary>The lower-case extension of a name, after a possible <c>.gz</c>.</summary>
    internal static string Extension(string path)
    {
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Path.GetExtension(name).ToLowerInvariant();
    }
}
