namespace OrleansVectors.Partitions.Searching;

/// <summary>
/// What the ways of answering a search with a filter have cost lately under one vector name, in microseconds, so that the
/// next one takes the cheapest. A way that was not taken yet is expected to cost what it did elsewhere, against those that were.
/// </summary>
/// <remarks>
/// Elsewhere is 50,000 SIFT vectors of 128 components, in units of a row that a scan scores by its vector: 0.4 for a row by
/// int8 code, 16 for each candidate that a walk through all points keeps, and 50 divided by the root of the matching share
/// for each candidate that a walk from match to match keeps.
/// </remarks>
internal sealed class SearchCosts
{
    /// <summary>What a row scored by its code costs, against one by its vector, before anything was measured.</summary>
    public const double CodedRow = 0.4;

    /// <summary>A walk misses a little and a scan does not: it has to be expected to be so many times as fast.</summary>
    private const double WalkGainMin = 1.5;

    private const double AdmissionCandidate = 16;
    private const double TwoHopCandidate = 50;

    /// <summary>Walks from match to match are told apart by the share that matches, by powers of two.</summary>
    private const int ShareBuckets = 12;

    /// <summary>One search in so many is followed by a measurement of a way that was not taken,</summary>
    private const int ProbeStride = 128;

    /// <summary>the first of them after so many,</summary>
    private const int ProbeFirst = 16;

    /// <summary>if that is expected to take at most so many times as long,</summary>
    private const double ProbeRatioMax = 8;

    /// <summary>and no longer than this.</summary>
    private const double ProbeMicrosMax = 5000;

    private readonly CostRate _unit = new();
    private readonly CostRate _exactRow = new();
    private readonly CostRate _codedRow = new();
    private readonly CostRate _admission = new();
    private readonly CostRate[] _twoHop = [.. Enumerable.Range(0, ShareBuckets).Select(_ => new CostRate())];
    private uint _choices;

    /// <summary>Scoring a list of rows, in microseconds (in rows before anything was measured).</summary>
    public double Scan(long rows, bool isCoded)
        => rows * (isCoded ? Expected(_codedRow, CodedRow) : Expected(_exactRow, 1));

    /// <summary>A walk through all points that keeps so many candidates.</summary>
    public double Admission(int kept) => kept * Expected(_admission, AdmissionCandidate);

    /// <summary>A walk from match to match that keeps so many candidates.</summary>
    public double TwoHop(int kept, double share) => kept * Expected(_twoHop[BucketOf(share)], TwoHopUnits(share));

    /// <summary>Whether a walk that is expected to take so long is to be preferred to a scan.</summary>
    public static bool IsWalkWorth(double walk, double scan) => walk * WalkGainMin < scan;

    /// <summary>Notes a scan of a list.</summary>
    public void Scanned(double microseconds, long rows, bool isCoded)
    {
        if (rows > 0)
        {
            Note(isCoded ? _codedRow : _exactRow, microseconds / rows, isCoded ? CodedRow : 1);
        }
    }

    /// <summary>Notes a walk through all points.</summary>
    public void Admitted(double microseconds, int kept) => Note(_admission, microseconds / kept, AdmissionCandidate);

    /// <summary>Notes a walk from match to match, with the scan that had to follow when it gave up.</summary>
    public void TwoHopped(double microseconds, int kept, double share)
        => Note(_twoHop[BucketOf(share)], microseconds / kept, TwoHopUnits(share));

    /// <summary>Whether this search is to be followed by a measurement of another way: the same searches always are.</summary>
    /// <param name="taken">What the taken way is expected to cost.</param>
    /// <param name="other">What the other one is.</param>
    public bool IsProbeDue(double taken, double other)
        => Interlocked.Increment(ref _choices) % ProbeStride == ProbeFirst
            && other <= taken * ProbeRatioMax
            && other <= ProbeMicrosMax;

    private double Expected(CostRate rate, double units) => rate.Average ?? (units * (_unit.Average ?? 1));

    private void Note(CostRate rate, double measured, double units)
    {
        rate.Note(measured, units * (_unit.Average ?? 0));
        _unit.Note(measured / units, 0);
    }

    private static double TwoHopUnits(double share) => TwoHopCandidate / Math.Sqrt(Math.Max(share, 1.0 / (1 << ShareBuckets)));

    private static int BucketOf(double share) => Math.Clamp((int)-Math.Log2(Math.Max(share, double.Epsilon)), 0, ShareBuckets - 1);
}
