namespace OrleansVectors.Partitions.Searching;

/// <summary>
/// What walks and scans of one vector name have cost lately, so that a search with a filter takes the cheaper one. Moving
/// averages of what was measured; threads may overwrite each other's, which does no harm.
/// </summary>
internal sealed class SearchCosts
{
    /// <summary>Rows that a scan scores in the time that a filtered walk takes for each candidate it keeps, before anything was measured.</summary>
    private const double RowsPerCandidateAtFirst = 40;

    /// <summary>Measurements may be wrong by a busy machine: the ratio stays within these bounds.</summary>
    private const double RowsPerCandidateMin = 10;

    private const double RowsPerCandidateMax = 80;

    private const double Weight = 1.0 / 16;

    private double _walkMicrosPerCandidate;
    private double _scanMicrosPerRow;

    /// <summary>Matches up to which a scan is expected to be faster than a walk that keeps <paramref name="ef"/> candidates.</summary>
    public long ScanMax(int ef)
    {
        double ratio = _walkMicrosPerCandidate > 0 && _scanMicrosPerRow > 0
            ? Math.Clamp(_walkMicrosPerCandidate / _scanMicrosPerRow, RowsPerCandidateMin, RowsPerCandidateMax)
            : RowsPerCandidateAtFirst;
        return (long)(ef * ratio);
    }

    /// <summary>Notes a walk between matches.</summary>
    public void Walked(double microseconds, int ef) => Note(ref _walkMicrosPerCandidate, microseconds / ef);

    /// <summary>Notes a scan of a list of matches.</summary>
    public void Scanned(double microseconds, int rows)
    {
        if (rows > 0)
        {
            Note(ref _scanMicrosPerRow, microseconds / rows);
        }
    }

    private static void Note(ref double average, double measured)
    {
        double old = Volatile.Read(ref average);
        Volatile.Write(ref average, old == 0 ? measured : old + ((measured - old) * Weight));
    }
}
