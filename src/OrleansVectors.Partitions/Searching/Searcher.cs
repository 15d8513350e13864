using System.Buffers;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Partitions.Filters.Resolution;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Searching;

/// <summary>
/// Finds the nearest visible points: scores the points that match where those are few, else walks the index and scans what
/// that does not hold yet; scans everything where that is asked for, or the only way to the full answer.
/// </summary>
/// <remarks>The caller is inside the gate. As many points as match are returned, up to the limit: a walk that finds fewer is followed by a scan.</remarks>
internal sealed class Searcher(PartitionState state)
{
    /// <summary>Above this share of the live points a walk for that many visits most of the graph anyway.</summary>
    private const int WalkLimitShare = 8;

    /// <summary>Matches that are listed to be scored; more are scored in passing over all rows.</summary>
    private const int ListMax = 1 << 17;

    /// <summary>The nearest points, nearest first, at most offset + limit.</summary>
    public Candidate[] Search(
        SearchRequest request, VectorField field, SearchTrace trace, out AppliedState moment, CancellationToken cancellation)
    {
        IndexView view = field.View(state);
        moment = view.Moment;
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
        int ef = Math.Max(k, request.HnswEf ?? field.Schema.EfConstruction);
        SearchPlan plan = new(request, field, view.Index, view.IndexedBelow, view.Pending, moment, query, k, ef, excluded, trace, cancellation);
        return request.Filter is null or { IsEmpty: true } ? SearchAll(plan) : SearchMatching(plan);
    }

    private Candidate[] SearchAll(SearchPlan plan)
    {
        long points = plan.Moment.LivePoints;
        SearchTrace trace = plan.Trace;
        trace.NoteMatches(points, points, points, points);
        VisibleOrdinals visible = new(state.Table, plan.Field, plan.Moment, plan.Excluded);
        if (ScanReason(plan) is { } reason)
        {
            trace.Choose(SearchPlanKind.Scan, reason);
            trace.EndPlan();
            return Scan(plan, visible, 0, plan.End);
        }

        trace.Choose(SearchPlanKind.Walk, "no filter");
        trace.EndPlan();
        return Walk(plan, visible, WalkChoice.Unfiltered(plan), points, () => Scan(plan, visible, 0, plan.Moment.Rows));
    }

    private Candidate[] SearchMatching(SearchPlan plan)
    {
        SearchTrace trace = plan.Trace;
        trace.EndPlan();
        RowMatcher matcher = new(state, plan.Request.Filter!);
        using FilterMatches matches = FilterResolver.Resolve(state, plan.Request.Filter!, matcher, plan.Moment, ResolutionLimits.Search);
        long estimate = matches.Estimate();
        trace.NoteMatches(matches.Min, matches.Max, estimate, matches.IsExact ? matches.Max : null);
        trace.EndFilter();
        if (matches.Max == 0)
        {
            trace.Choose(SearchPlanKind.Nothing, "no point can match");
            return [];
        }

        long scanMax = plan.Field.Costs.ScanMax(plan.Ef);
        string? scanReason = ScanReason(plan)
            ?? (estimate <= scanMax ? $"about {estimate} points match: scoring up to {scanMax} is cheaper than a walk that keeps {plan.Ef}" : null);
        if (matches.IsList || (matches.Set is not null && scanReason is not null && matches.Max <= ListMax))
        {
            trace.Choose(SearchPlanKind.MatchScan, scanReason ?? $"{matches.Max} points match and are listed by an index");
            return ScanMatches(plan, matches);
        }

        return matches.Set is { } known
            ? SearchMatching(plan, new KnownOrdinals(known, plan.Present), matches, estimate, scanReason)
            : SearchMatching(plan, new MatchingOrdinals(matches, plan.Present), matches, estimate, scanReason);
    }

    private static Candidate[] SearchMatching<TFilter>(SearchPlan plan, TFilter filter, FilterMatches matches, long estimate, string? scanReason)
        where TFilter : struct, IOrdinalFilter
    {
        if (scanReason is not null)
        {
            plan.Trace.Choose(SearchPlanKind.Scan, scanReason);
            return Scan(plan, filter, 0, plan.End);
        }

        WalkChoice walk = WalkChoice.Filtered(plan, matches, estimate);
        plan.Trace.Choose(
            walk.Kind == FilteredWalk.Admission ? SearchPlanKind.Walk : SearchPlanKind.MatchWalk,
            $"about {estimate} of {plan.Moment.LivePoints} points match");
        return Walk(plan, filter, walk, matches.Max, () => matches.Set is not null && matches.Max <= ListMax
            ? ScanMatches(plan, matches)
            : Scan(plan, filter, 0, plan.Moment.Rows));
    }

    /// <summary>Why only a scan will do, whatever matches; null when a walk would do too.</summary>
    private static string? ScanReason(SearchPlan plan)
        => plan.Request.Exact ? "an exact search was asked for"
            : plan.Index is null || plan.IndexedBelow == 0 ? "there is no index yet"
            : plan.K > plan.Moment.LivePoints / WalkLimitShare ? $"{plan.K} points are wanted of {plan.Moment.LivePoints}"
            : null;

    /// <summary>Asks the index, and scans what that does not hold yet.</summary>
    /// <param name="plan">The search.</param>
    /// <param name="filter">What may be found.</param>
    /// <param name="walk">How it goes through a graph.</param>
    /// <param name="matchesMax">How many can be found.</param>
    /// <param name="scan">Finds everything there is.</param>
    private static Candidate[] Walk<TFilter>(SearchPlan plan, TFilter filter, WalkChoice walk, long matchesMax, Func<Candidate[]> scan)
        where TFilter : struct, IOrdinalFilter
    {
        Candidate[] walked = new Candidate[plan.K];
        IndexQuery query = new()
        {
            Vector = plan.Query,
            K = plan.K,
            Ef = walk.Ef,
            Walk = walk.Plan,
            NProbe = plan.Request.NProbe,
            Codes = plan.Request.Quantization,
        };
        int found = plan.Index!.Search(query, filter, walked, out IndexSearchStats stats, plan.Cancellation);
        plan.Trace.Count(stats);
        double micros = plan.Trace.EndWalk();
        if (walk.Kind == FilteredWalk.TwoHop)
        {
            plan.Field.Costs.Walked(micros, plan.Ef);
        }

        if (plan.Request.IndexedOnly)
        {
            return walked[..found];
        }

        Candidate[] merged = plan.IndexedBelow < plan.Moment.Rows
            ? CandidateMerge.Nearest(walked.AsSpan(0, found), Scan(plan, filter, plan.IndexedBelow, plan.Moment.Rows), plan.K)
            : walked[..found];
        if (plan.Pending.Length > 0)
        {
            Candidate[] nearest = new Candidate[plan.K];
            int pending = plan.Field.Flat.Search(
                plan.Query, plan.Pending, plan.K, new CountedOrdinals<TFilter>(filter, plan.Trace), nearest, plan.Cancellation);
            plan.Trace.EndScan();
            merged = CandidateMerge.Nearest(merged, nearest.AsSpan(0, pending), plan.K);
        }

        if (!stats.BudgetExhausted && merged.Length >= Math.Min(plan.K, matchesMax))
        {
            return merged;
        }

        plan.Trace.FellBack = true;
        return scan();
    }

    private static Candidate[] ScanMatches(SearchPlan plan, FilterMatches matches)
    {
        if (matches.IsList)
        {
            return ScanList(plan, matches.List);
        }

        uint[] list = ArrayPool<uint>.Shared.Rent((int)matches.Max);
        try
        {
            int count = matches.Set!.CopyTo(list.AsSpan(0, (int)matches.Max));
            return ScanList(plan, list.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(list);
        }
    }

    private static Candidate[] ScanList(SearchPlan plan, ReadOnlySpan<uint> ordinals)
    {
        Candidate[] nearest = new Candidate[Math.Min(plan.K, ordinals.Length)];
        int found = plan.Field.Flat.Search(plan.Query, ordinals, nearest.Length, plan.Present, nearest, plan.Cancellation);
        plan.Trace.Scanned += ordinals.Length;
        plan.Field.Costs.Scanned(plan.Trace.EndScan(), ordinals.Length);
        return found == nearest.Length ? nearest : nearest[..found];
    }

    private static Candidate[] Scan<TFilter>(SearchPlan plan, TFilter filter, uint from, uint end)
        where TFilter : struct, IOrdinalFilter
    {
        Candidate[] nearest = new Candidate[plan.K];
        int found = plan.Field.Flat.Search(
            plan.Query, from, end, plan.K, new CountedOrdinals<TFilter>(filter, plan.Trace), nearest, plan.Cancellation);
        plan.Trace.EndScan();
        return found == nearest.Length ? nearest : nearest[..found];
    }
}
