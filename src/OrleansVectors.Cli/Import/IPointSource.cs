using OrleansVectors.Cli.Points;

namespace OrleansVectors.Cli.Import;

/// <summary>
/// A file of points, read once from start to end. A <i>row</i> is a record of the file, counted from 0, good or bad; blank
/// lines are none. Rows are what the journal counts and what gives points without an id their number.
/// </summary>
internal interface IPointSource : IDisposable
{
    /// <summary>Rows consumed so far; the number of the next row.</summary>
    long RowsRead { get; }

    /// <summary>Rows in the whole file, where known beforehand.</summary>
    long? Rows { get; }

    /// <summary>The share of the file consumed, 0 to 1.</summary>
    double FractionRead { get; }

    /// <summary>Passes over rows that an earlier run has written.</summary>
    void Skip(long rows);

    /// <summary>Consumes one row and adds its point.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="BadRowException">The row is consumed and no point was added.</exception>
    bool TryAdd(PointBatch batch);
}
