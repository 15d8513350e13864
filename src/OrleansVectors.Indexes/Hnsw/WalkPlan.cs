namespace OrleansVectors.Indexes.Hnsw;

/// <summary>How one search with a filter is to walk, where it starts, and what it may cost.</summary>
public readonly ref struct WalkPlan
{
    /// <summary>Points to start from, at most; further ones are not looked at.</summary>
    public const int SeedsMax = 16;

    private readonly int unspent;

    /// <param name="walk">How to walk.</param>
    /// <param name="seeds">
    /// Some points that match, besides the graph's own entry: they lead to matches that lie far from the query. Those that
    /// are not in the graph or do not match are skipped.
    /// </param>
    /// <param name="workMax">
    /// The most distances computed and lists of links looked through before the search gives up; the caller then scans.
    /// </param>
    /// <param name="share">
    /// The share of the graph's points that match, 0 to 1, where the filter costs little to ask. With it a walk through all
    /// points goes on until about ef of them match, and a two-hop walk gives up at once where the query lies among points
    /// of which far fewer match: it would find matches, but not the nearest. 0 when it is not known, or when a scan would
    /// cost too much.
    /// </param>
    /// <param name="needed">
    /// How many results have to be found, where more are asked for only to choose from: a walk that found so many is not
    /// followed by another. 0 for all that are asked for.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workMax"/> is not positive, or <paramref name="needed"/> negative.</exception>
    public WalkPlan(FilteredWalk walk, ReadOnlySpan<uint> seeds = default, int workMax = int.MaxValue, double share = 0, int needed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workMax);
        ArgumentOutOfRangeException.ThrowIfNegative(needed);
        Walk = walk;
        Seeds = seeds.Length > SeedsMax ? seeds[..SeedsMax] : seeds;
        unspent = int.MaxValue - workMax;
        Share = share;
        Needed = needed;
    }

    /// <summary>How to walk.</summary>
    public FilteredWalk Walk { get; }

    /// <summary>Matching points to start from.</summary>
    public ReadOnlySpan<uint> Seeds { get; }

    /// <summary>The share of the points that match; 0 when not known.</summary>
    public double Share { get; }

    /// <summary>How many results have to be found; 0 for all that are asked for.</summary>
    public int Needed { get; }

    /// <summary>The most distances and lists looked through; the default plan has no bound.</summary>
    public int WorkMax => int.MaxValue - unspent;
}
