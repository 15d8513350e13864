using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Searching;

/// <summary>
/// Finds the nearest visible points: walks the graph and scans what it does not hold yet, or scans everything where that
/// is asked for, cheaper, or the only way to the full answer.
/// </summary>
/// <remarks>The caller is inside the gate. As many points as match are returned, up to the limit: a walk that finds fewer is followed by a scan.</remarks>
internal sealed class Searcher(PartitionState state)
{
    /// <summary>Points looked at to guess how many match a filter.</summary>
    private const int SampleSize = 256;

    /// <summary>A filter that is expected to admit fewer points than this many times ef is scanned for: a walk would have to see most of the graph.</summary>
    private const int ScanBelowEfs = 4;

    /// <summary>A filter that admits a larger share of the live points is asked only about what a walk has found.</summary>
    private const double AdmissionShare = 0.4;

    /// <summary>Above this share of the live points a walk for that many visits most of the graph anyway.</summary>
    private const int WalkLimitShare = 8;

    /// <summary>The nearest points, nearest first, at most offset + limit.</summary>
    /// <remarks>
    /// How far the graph reaches is taken before the moment: what indexing passed over until then because it was dead is
    /// dead at the moment too.
    /// </remarks>
    public Candidate[] Search(SearchRequest request, VectorField field, out AppliedState moment, CancellationToken cancellation)
    {
        VectorIndex? index = field.IndexForSearch(out uint indexedBelow);
        moment = state.Applied;
        int k = (int)Math.Min((long)request.Offset + request.Limit, moment.LivePoints);
        if (k <= 0)
        {
            return [];
        }

        float[] query = request.Vector.ToArray();
        if (field.Schema.Metric == DistanceMetric.Cosine)
        {
            VectorDistance.Normalize(query);
        }

        uint excluded = request.Excluded is { } id ? state.Ids.Visible(id, moment.Sequence) : PointRow.NoPrevious;
        VisibleOrdinals visible = new(state.Table, field, moment, excluded);
        Plan plan = new(request, field, index, indexedBelow, moment, query, k, cancellation);
        if (request.Filter is null or { IsEmpty: true })
        {
            return Search(plan, visible, expectedMatches: moment.LivePoints);
        }

        RowMatcher matcher = new(state, request.Filter);
        MatchingOrdinals matching = new(visible, matcher, moment.Sequence);
        return Search(plan, matching, EstimateMatches(visible, matching, moment));
    }

    private static Candidate[] Search<TFilter>(Plan plan, TFilter filter, long expectedMatches)
        where TFilter : struct, IOrdinalFilter
    {
        VectorIndex? index = plan.Index;
        uint indexedBelow = plan.IndexedBelow;
        int ef = Math.Max(plan.K, plan.Request.HnswEf ?? plan.Field.Schema.EfConstruction);
        bool scan = plan.Request.Exact
            || index is null
            || indexedBelow == 0
            || plan.K > plan.Moment.LivePoints / WalkLimitShare
            || expectedMatches < (long)ScanBelowEfs * ef;
        if (scan)
        {
            return Scan(plan, filter, 0, plan.Request.IndexedOnly ? Math.Min(indexedBelow, plan.Moment.Rows) : plan.Moment.Rows);
        }

        Candidate[] walked = new Candidate[plan.K];
        int workMax = (int)Math.Min(int.MaxValue, Math.Max(index!.Count / 2, ef * 16L));
        bool isMost = expectedMatches > plan.Moment.LivePoints * AdmissionShare;
        IndexQuery query = new()
        {
            Vector = plan.Query,
            K = plan.K,
            Ef = ef,
            Walk = new WalkPlan(isMost ? FilteredWalk.Admission : FilteredWalk.TwoHop, workMax: workMax),
            NProbe = plan.Request.NProbe,
            Codes = plan.Request.Quantization,
        };
        int found = index.Search(query, filter, walked, out IndexSearchStats stats, plan.Cancellation);
        if (plan.Request.IndexedOnly)
        {
            return walked[..found];
        }

        Candidate[] merged = indexedBelow < plan.Moment.Rows
            ? Merge(walked.AsSpan(0, found), Scan(plan, filter, indexedBelow, plan.Moment.Rows), plan.K)
            : walked[..found];
        return stats.BudgetExhausted || merged.Length < plan.K ? Scan(plan, filter, 0, plan.Moment.Rows) : merged;
    }

    private static Candidate[] Scan<TFilter>(Plan plan, TFilter filter, uint from, uint end)
        where TFilter : struct, IOrdinalFilter
    {
        Candidate[] nearest = new Candidate[plan.K];
        int found = plan.Field.Flat.Search(plan.Query, from, end, plan.K, filter, nearest, plan.Cancellation);
        return found == nearest.Length ? nearest : nearest[..found];
    }

    /// <summary>Merges two ascending lists; an ordinal that was indexed while we looked may be in both.</summary>
    private static Candidate[] Merge(ReadOnlySpan<Candidate> left, ReadOnlySpan<Candidate> right, int k)
    {
        List<Candidate> merged = new(Math.Min(k, left.Length + right.Length));
        HashSet<uint> seen = [];
        int l = 0;
        int r = 0;
        while (merged.Count < k && (l < left.Length || r < right.Length))
        {
            bool takeLeft = r == right.Length || (l < left.Length && left[l].Distance <= right[r].Distance);
            Candidate next = takeLeft ? left[l++] : right[r++];
            if (seen.Add(next.Ordinal))
            {
                merged.Add(next);
            }
        }

        return [.. merged];
    }

    private static long EstimateMatches(VisibleOrdinals visible, MatchingOrdinals matching, AppliedState moment)
    {
        // Every n-th ordinal: no randomness needed, since ordinals follow the order of arrival and not the filter's values.
        // Golden-ratio steps keep the sample clear of any period in the data.
        uint seen = 0;
        uint matches = 0;
        ulong position = 0;
        for (int i = 0; i < SampleSize; i++)
        {
            position += 0x9E3779B97F4A7C15UL;
            uint ordinal = (uint)Math.BigMul(position, moment.Rows, out _);
            if (visible.Admits(ordinal))
            {
                seen++;
                matches += matching.Admits(ordinal) ? 1u : 0;
            }
        }

        return seen == 0 ? 0 : moment.LivePoints * matches / seen;
    }

    private sealed record Plan(
        SearchRequest Request,
        VectorField Field,
        VectorIndex? Index,
        uint IndexedBelow,
        AppliedState Moment,
        float[] Query,
        int K,
        CancellationToken Cancellation);
}
