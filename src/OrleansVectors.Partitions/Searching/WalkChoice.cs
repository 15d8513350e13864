using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Ordinals;
using OrleansVectors.Partitions.Filters.Resolution;

namespace OrleansVectors.Partitions.Searching;

/// <summary>How an index is walked for one search: <see cref="FilteredWalk"/> has the measurements behind it.</summary>
/// <param name="Kind">Through all points, or from match to match.</param>
/// <param name="Ef">Candidates to keep: so many more as points do not match, when those are walked through.</param>
/// <param name="Share">The share of the points that match; 0 when it is not known.</param>
/// <param name="WorkMax">When the walk gives up, because a scan costs less than going on.</param>
/// <param name="Seeds">Matching points to start from.</param>
internal sealed record WalkChoice(FilteredWalk Kind, int Ef, double Share, int WorkMax, uint[] Seeds)
{
    /// <summary>From this share of the points on all are walked through, and who does not match is left out of the answer.</summary>
    private const double AdmissionShare = 0.4;

    /// <summary>Below this share a walk through all points would keep too many to be the cheaper one, whatever was measured.</summary>
    private const double AdmissionShareMin = 1.0 / 16;

    /// <summary>A walk may always do this much for each candidate it keeps.</summary>
    private const long WorkPerCandidate = 16;

    public WalkPlan Plan => new(Kind, Seeds, WorkMax, Share);

    /// <summary>For all visible points.</summary>
    public static WalkChoice Unfiltered(SearchPlan plan)
        => new(FilteredWalk.Admission, plan.Ef, 0, WorkOf(plan.Ef, plan.Index!.Count / 2), []);

    /// <summary>For points of which about <paramref name="estimate"/> match.</summary>
    public static WalkChoice Filtered(SearchPlan plan, FilterMatches matches, long estimate)
    {
        double share = Math.Clamp((double)estimate / Math.Max(1, plan.Moment.LivePoints), double.Epsilon, 1);
        int kept = (int)Math.Min(int.MaxValue, Math.Ceiling(plan.Ef / share));
        bool isAdmission = share >= AdmissionShare
            || (matches.Set is not null && share >= AdmissionShareMin && plan.Field.Costs.Admission(kept) <= plan.Field.Costs.TwoHop(plan.Ef, share));

        // A scan of known matches scores each of them once; without knowing them it looks at every point.
        long scanWork = matches.Set is null ? plan.Index!.Count / 2 : (long)(matches.Max * (plan.Codes is null ? 1 : SearchCosts.CodedRow));
        uint[] seeds = matches.Set is { } known ? Spread(known) : [];
        return isAdmission
            ? new WalkChoice(FilteredWalk.Admission, kept, share, WorkOf(kept, Math.Min(scanWork, plan.Index!.Count / 2)), seeds)
            : new WalkChoice(FilteredWalk.TwoHop, plan.Ef, matches.IsExact ? share : 0, WorkOf(plan.Ef, scanWork), seeds);
    }

    /// <summary>What it is expected to cost, where it is known which points match.</summary>
    public double CostOf(SearchCosts costs) => Kind == FilteredWalk.Admission ? costs.Admission(Ef) : costs.TwoHop(Ef, Share);

    /// <summary>Notes what it has cost.</summary>
    public void Note(SearchCosts costs, double microseconds)
    {
        if (Kind == FilteredWalk.Admission)
        {
            costs.Admitted(microseconds, Ef);
        }
        else
        {
            costs.TwoHopped(microseconds, Ef, Share);
        }
    }

    private static int WorkOf(int ef, long work) => (int)Math.Min(int.MaxValue, Math.Max(work, ef * WorkPerCandidate));

    /// <summary>Some of a set's ordinals, by golden-ratio steps over all.</summary>
    private static uint[] Spread(OrdinalBits set)
    {
        List<uint> seeds = new(WalkPlan.SeedsMax);
        ulong position = 0;
        for (int i = 0; i < WalkPlan.SeedsMax; i++)
        {
            position += 0x9E3779B97F4A7C15UL;
            uint seed = set.Next((uint)Math.BigMul(position, set.Rows, out _));
            if (seed < set.Rows && !seeds.Contains(seed))
            {
                seeds.Add(seed);
            }
        }

        return [.. seeds];
    }
}
