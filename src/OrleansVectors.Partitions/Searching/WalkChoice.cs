using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Ordinals;
using OrleansVectors.Partitions.Filters.Resolution;

namespace OrleansVectors.Partitions.Searching;

/// <summary>How an index is walked for one search: <see cref="FilteredWalk"/> has the measurements behind it.</summary>
/// <param name="Kind">Through all points, or from match to match.</param>
/// <param name="Ef">Candidates to keep: matches where the share is known, else of any points so many more as do not match.</param>
/// <param name="Kept">What it keeps of any points in the end, matching or not, as far as the share tells.</param>
/// <param name="Share">The share of the points that match; 0 when it is not known.</param>
/// <param name="WorkMax">When the walk gives up, because a scan costs less than going on.</param>
/// <param name="Needed">Points that have to be found; more are candidates to choose them from.</param>
/// <param name="Seeds">Matching points to start from.</param>
internal sealed record WalkChoice(FilteredWalk Kind, int Ef, int Kept, double Share, int WorkMax, int Needed, uint[] Seeds)
{
    /// <summary>From this share of the points on all are walked through, and who does not match is left out of the answer.</summary>
    private const double AdmissionShare = 0.4;

    /// <summary>Below this share a walk through all points would keep too many to be the cheaper one, whatever was measured.</summary>
    private const double AdmissionShareMin = 1.0 / 16;

    /// <summary>
    /// A walk from match to match has to keep so many times the candidates to find as much: at 10 % of 50,000 SIFT vectors
    /// 16 for a recall of 0.95 and 24 for 0.965, where one through all points keeps 10 and 16 matches.
    /// </summary>
    private const double TwoHopCandidates = 1.5;

    /// <summary>A walk may always do this much for each candidate it keeps.</summary>
    private const long WorkPerCandidate = 16;

    public WalkPlan Plan => new(Kind, Seeds, WorkMax, Share, Needed);

    /// <summary>For all visible points.</summary>
    public static WalkChoice Unfiltered(SearchPlan plan)
        => new(FilteredWalk.Admission, plan.Ef, plan.Ef, 0, WorkOf(plan.Ef, plan.Index!.Count / 2), plan.K, []);

    /// <summary>For points of which about <paramref name="estimate"/> match.</summary>
    public static WalkChoice Filtered(SearchPlan plan, FilterMatches matches, long estimate)
    {
        double share = Math.Clamp((double)estimate / Math.Max(1, plan.Moment.LivePoints), double.Epsilon, 1);
        int kept = (int)Math.Min(int.MaxValue, Math.Ceiling(plan.Ef / share));
        bool isThroughAll = share >= AdmissionShare
            || (matches.Set is not null && share >= AdmissionShareMin && plan.Field.Costs.Admission(kept) <= TwoHopCandidates * plan.Field.Costs.TwoHop(plan.Ef, share));

        // A scan of known matches scores each of them once; without knowing them it looks at every point.
        long scanWork = matches.Set is null ? plan.Index!.Count / 2 : (long)(matches.Max * (plan.Codes is null ? 1 : SearchCosts.CodedRow));
        uint[] seeds = matches.Set is { } known ? Spread(known) : [];
        if (!isThroughAll)
        {
            return new WalkChoice(FilteredWalk.TwoHop, plan.Ef, plan.Ef, matches.IsExact ? share : 0, WorkOf(plan.Ef, scanWork), plan.K, seeds);
        }

        // A set may be asked again and again while the walk goes on, payloads only about what was found in the end.
        int workMax = WorkOf(kept, Math.Min(scanWork, plan.Index!.Count / 2));
        return matches.Set is not null
            ? new WalkChoice(FilteredWalk.Admission, plan.Ef, kept, share, workMax, plan.K, seeds)
            : new WalkChoice(FilteredWalk.Admission, kept, kept, 0, workMax, plan.K, seeds);
    }

    /// <summary>What it is expected to cost, where it is known which points match.</summary>
    public double CostOf(SearchCosts costs) => Kind == FilteredWalk.TwoHop ? costs.TwoHop(Kept, Share) : costs.Admission(Kept);

    /// <summary>Notes what it has cost.</summary>
    public void Note(SearchCosts costs, double microseconds)
    {
        if (Kind == FilteredWalk.TwoHop)
        {
            costs.TwoHopped(microseconds, Kept, Share);
        }
        else
        {
            costs.Admitted(microseconds, Kept);
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
