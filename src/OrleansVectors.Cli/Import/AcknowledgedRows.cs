using OrleansVectors.Cli.Points;
using OrleansVectors.Cli.Progress;

namespace OrleansVectors.Cli.Import;

/// <summary>
/// Which rows the server has confirmed. Batches are confirmed in any order; an import may resume only after the last row
/// before which none is missing. Not safe for several threads; the importer calls it under its lock.
/// </summary>
internal sealed class AcknowledgedRows(long start, double fractionAtStart)
{
    private readonly Dictionary<long, (long EndRow, int BadRows, double Fraction)> _ahead = [];

    /// <summary>All rows before this one are confirmed (or were bad and left out).</summary>
    public long Contiguous { get; private set; } = start;

    /// <summary>Points confirmed in this run.</summary>
    public long Points { get; private set; }

    /// <summary>Bad rows before <see cref="Contiguous"/>, of this run.</summary>
    public long BadRows { get; private set; }

    public ProgressSample Sample => new(Contiguous, Fraction);

    private double Fraction { get; set; } = fractionAtStart;

    /// <summary>Notes that a batch is stored.</summary>
    public void Add(PointBatch batch)
    {
        Points += batch.Count;
        _ahead.Add(batch.FirstRow, (batch.EndRow, batch.BadRows, batch.FractionRead));
        while (_ahead.Remove(Contiguous, out (long EndRow, int BadRows, double Fraction) next))
        {
            Contiguous = next.EndRow;
            BadRows += next.BadRows;
            Fraction = next.Fraction;
        }
    }
}
