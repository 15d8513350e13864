using System.Globalization;

namespace OrleansVectors.Cli.Import;

/// <summary>One record of a file cannot become a point. The record is consumed; the next one may be fine.</summary>
/// <param name="file">The file as it was named.</param>
/// <param name="place">The line (from 1) or, in vector files, "row N" (from 0).</param>
/// <param name="reason">What is wrong with it.</param>
internal sealed class BadRowException(string file, string place, string reason) : Exception($"{file}:{place}: {reason}")
{
    public static BadRowException AtLine(string file, long line, string reason)
        => new(file, line.ToString(CultureInfo.InvariantCulture), reason);

    public static BadRowException AtRow(string file, long row, string reason)
        => new(file, string.Create(CultureInfo.InvariantCulture, $"row {row}"), reason);
}
