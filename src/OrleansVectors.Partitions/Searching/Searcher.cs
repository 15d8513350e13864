using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Ordinals;
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
    private const int ListMax = 1 << 20;

    /// <summary>So few points for each candidate of a walk are not worth one, where it is not known which match.</summary>
    private const int ScannedPerCandidate = 40;

    /// <summary>From so many rows on a scan looks at codes first; fewer are as fast by their vectors.</summary>
    private const int CodedRowsMin = 512;

    /// <summary>A scan of codes has so many times as many candidates scored again as a walk: they cost little beside it.</summary>
    private const int CodedMargin = 2;

    /// <summary>How many times more candidates a scan of codes takes when those that it left out may be nearer,</summary>
    private const int WideningFactor = 8;

    /// <summary>and how often, before the vectors are scanned instead.</summary>
    private const int WideningRounds = 1;

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
        matches.Narrow(plan.Present.Narrow);
        trace.EndFilter();
        if (matches.Max == 0)
        {
            trace.Choose(SearchPlanKind.Nothing, "no point can match");
            return [];
        }

        string? scanReason = ScanReason(plan);
        if (matches.IsList || (matches.Set is not null && scanReason is not null && matches.Max <= ListMax))
        {
            trace.Choose(SearchPlanKind.MatchScan, scanReason ?? (trace.Explains ? $"{matches.Max} points match and are listed by an index" : ""));
            return ScanMatches(plan, matches);
        }

        return matches.Set is { } known
            ? SearchKnown(plan, new KnownOrdinals(known), matches, scanReason)
            : SearchUnknown(plan, new MatchingOrdinals(matches, plan.Present), matches, estimate, scanReason);
    }

    /// <summary>Where it is known which points match: by whatever has been the cheapest lately.</summary>
    private static Candidate[] SearchKnown(SearchPlan plan, KnownOrdinals filter, FilterMatches matches, string? scanReason)
    {
        SearchTrace trace = plan.Trace;
        if (scanReason is not null)
        {
            trace.Choose(SearchPlanKind.Scan, scanReason);
            return Scan(plan, filter, 0, plan.End);
        }

        SearchCosts costs = plan.Field.Costs;
        WalkChoice walk = WalkChoice.Filtered(plan, matches, matches.Max);
        double walkCost = walk.CostOf(costs);
        bool isListed = matches.Max <= ListMax;
        double scanCost = isListed ? costs.Scan(matches.Max, plan.Codes is not null) : double.PositiveInfinity;
        if (SearchCosts.IsWalkWorth(walkCost, scanCost))
        {
            trace.Choose(KindOf(walk), Reason("a walk is expected to cost less than a scan"));
            Candidate[] walked = Walk(
                plan, filter, walk, matches.Max, () => isListed ? ScanMatches(plan, matches) : Scan(plan, filter, 0, plan.Moment.Rows), mayDoubt: isListed);
            if (isListed && costs.IsProbeDue(walkCost, scanCost))
            {
                ScanMatches(plan with { Trace = new SearchTrace(explains: false) }, matches);
                trace.Begin();
            }

            return walked;
        }

        trace.Choose(SearchPlanKind.MatchScan, Reason("a scan of them is expected to cost no more than a walk"));
        Candidate[] scanned = ScanMatches(plan, matches);
        if (costs.IsProbeDue(scanCost, walkCost))
        {
            Candidate[] discarded = new Candidate[plan.K];
            long start = Stopwatch.GetTimestamp();
            plan.Index!.Search(plan.QueryOf(walk), filter, discarded, out IndexSearchStats stats, plan.Cancellation);
            double micros = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            walk.Note(costs, stats.BudgetExhausted || (isListed && stats.MayHideNearer) ? micros + scanCost : micros);
            trace.Begin();
        }

        return scanned;

        string Reason(string why) => trace.Explains
            ? string.Create(CultureInfo.InvariantCulture, $"{matches.Max} of {plan.Moment.LivePoints} points match: {why} (walk {walkCost:F1}, scan {scanCost:F1})")
            : "";
    }

    /// <summary>Where points have to be looked at to know whether they match.</summary>
    private static Candidate[] SearchUnknown(
        SearchPlan plan, MatchingOrdinals filter, FilterMatches matches, long estimate, string? scanReason)
    {
        scanReason ??= estimate <= plan.Ef * ScannedPerCandidate
            ? plan.Trace.Explains ? $"about {estimate} points match: too few for a walk that keeps {plan.Ef}" : ""
            : null;
        if (scanReason is not null && matches.IsBounded && matches.Max <= ListMax)
        {
            plan.Trace.Choose(SearchPlanKind.MatchScan, scanReason);
            return ScanLookedAt(plan, matches, estimate);
        }

        if (scanReason is not null)
        {
            plan.Trace.Choose(SearchPlanKind.Scan, scanReason);
            return Scan(plan, filter, 0, plan.End);
        }

        WalkChoice walk = WalkChoice.Filtered(plan, matches, estimate);
        plan.Trace.Choose(KindOf(walk), plan.Trace.Explains ? $"about {estimate} of {plan.Moment.LivePoints} points match" : "");
        return Walk(plan, filter, walk, matches.Max, () => Scan(plan, filter, 0, plan.Moment.Rows));
    }

    private static SearchPlanKind KindOf(WalkChoice walk)
        => walk.Kind == FilteredWalk.TwoHop ? SearchPlanKind.MatchWalk : SearchPlanKind.Walk;

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
    /// <param name="mayDoubt">Whether it is scanned too when codes do not tell what is near from what is not.</param>
    private static Candidate[] Walk<TFilter>(
        SearchPlan plan, TFilter filter, WalkChoice walk, long matchesMax, Func<Candidate[]> scan, bool mayDoubt = false)
        where TFilter : struct, IOrdinalFilter
    {
        Candidate[] walked = new Candidate[plan.K];
        int found = plan.Index!.Search(plan.QueryOf(walk), filter, walked, out IndexSearchStats stats, plan.Cancellation);
        plan.Trace.Count(stats);
        double micros = plan.Trace.EndWalk(stats.RescoreMicros);
        bool isDoubted = mayDoubt && stats.MayHideNearer;
        if (typeof(TFilter) != typeof(MatchingOrdinals) && !stats.BudgetExhausted && !isDoubted)
        {
            walk.Note(plan.Field.Costs, micros);
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

        if (!stats.BudgetExhausted && !isDoubted && merged.Length >= Math.Min(plan.K, matchesMax))
        {
            return merged;
        }

        plan.Trace.FellBack = true;
        long start = Stopwatch.GetTimestamp();
        Candidate[] scanned = scan();
        if (typeof(TFilter) == typeof(KnownOrdinals))
        {
            walk.Note(plan.Field.Costs, micros + Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        return scanned;
    }

    /// <summary>Looks at all points that can match, and scores those that do.</summary>
    private static Candidate[] ScanLookedAt(SearchPlan plan, FilterMatches matches, long estimate)
    {
        uint[] list = ArrayPool<uint>.Shared.Rent((int)matches.Max);
        try
        {
            int count = 0;
            foreach (uint ordinal in matches.Ordinals(plan.Cancellation))
            {
                list[count++] = ordinal;
            }

            plan.Trace.NoteMatches(count, count, estimate, count);
            plan.Trace.EndFilter();
            return ScanList(plan, list.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(list);
        }
    }

    private static Candidate[] ScanMatches(SearchPlan plan, FilterMatches matches)
    {
        if (matches.IsList)
        {
            return ScanList(plan, matches.List);
        }

        uint[] list = ArrayPool<uint>.Shared.Rent((int)matches.Max + OrdinalBits.CopyRoom);
        try
        {
            return ScanAdmitted(plan, list.AsSpan(0, matches.Set!.CopyTo(list)));
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(list);
        }
    }

    /// <summary>Scores those of some points that may be looked at.</summary>
    private static Candidate[] ScanList(SearchPlan plan, ReadOnlySpan<uint> ordinals)
    {
        uint[] list = ArrayPool<uint>.Shared.Rent(ordinals.Length);
        try
        {
            PresentOrdinals present = plan.Present;
            if (present.IsEverything(plan.Moment))
            {
                ordinals.CopyTo(list);
                return ScanAdmitted(plan, list.AsSpan(0, ordinals.Length));
            }

            int count = 0;
            foreach (uint ordinal in ordinals)
            {
                list[count] = ordinal;
                count += present.Admits(ordinal) ? 1 : 0;
            }

            return ScanAdmitted(plan, list.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(list);
        }
    }

    /// <summary>Scores points that may be looked at: those with a code by that first, and the best of them by their vectors.</summary>
    private static Candidate[] ScanAdmitted(SearchPlan plan, Span<uint> ordinals)
    {
        if (plan.Codes is not { } codes || ordinals.Length < CodedRowsMin)
        {
            return ScanVectors(plan, ordinals);
        }

        if (plan.IndexedBelow >= plan.Moment.Rows && plan.Pending.Length == 0)
        {
            return ScanCodes(plan, ordinals, codes);
        }

        int count = SplitIndexed(plan, ordinals);
        return CandidateMerge.Nearest(
            ScanCodes(plan, ordinals[..count], codes), ScanVectors(plan, ordinals[count..]), Math.Min(plan.K, ordinals.Length));
    }

    /// <summary>Moves what the index holds, and so codes do, to the front.</summary>
    /// <returns>How many that is.</returns>
    private static int SplitIndexed(SearchPlan plan, Span<uint> ordinals)
    {
        IndexedOrdinals indexed = new(plan.IndexedBelow, plan.Pending);
        int count = 0;
        for (int i = 0; i < ordinals.Length; i++)
        {
            if (indexed.Admits(ordinals[i]))
            {
                (ordinals[count], ordinals[i]) = (ordinals[i], ordinals[count]);
                count++;
            }
        }

        return count;
    }

    private static Candidate[] ScanVectors(SearchPlan plan, ReadOnlySpan<uint> ordinals)
    {
        Candidate[] nearest = new Candidate[Math.Min(plan.K, ordinals.Length)];
        int found = plan.Field.Flat.Search(plan.Query, ordinals, nearest.Length, default(AdmitAll), nearest, plan.Cancellation);
        plan.Trace.Scanned += ordinals.Length;
        plan.Field.Costs.Scanned(plan.Trace.EndScan(), ordinals.Length, isCoded: false);
        return found == nearest.Length ? nearest : nearest[..found];
    }

    private static Candidate[] ScanCodes(SearchPlan plan, ReadOnlySpan<uint> ordinals, FieldCodes codes)
    {
        float? given = plan.Request.Quantization?.Oversampling;
        int wanted = codes.Candidates(plan.K * CodedMargin, given);
        double micros = 0;
        for (int round = 0; ; round++, wanted = (int)Math.Min(int.MaxValue, (long)wanted * WideningFactor))
        {
            if (TryScanCodes(plan, ordinals, codes, Math.Min(wanted, ordinals.Length), mayDoubt: given is null, ref micros) is { } nearest)
            {
                plan.Field.Costs.Scanned(micros, ordinals.Length, isCoded: true);
                return nearest;
            }

            if (round == WideningRounds)
            {
                long start = Stopwatch.GetTimestamp();
                Candidate[] exact = ScanVectors(plan, ordinals);
                plan.Field.Costs.Scanned(micros + Stopwatch.GetElapsedTime(start).TotalMicroseconds, ordinals.Length, isCoded: true);
                return exact;
            }
        }
    }

    /// <returns>The nearest; null when others may be nearer.</returns>
    private static Candidate[]? TryScanCodes(
        SearchPlan plan, ReadOnlySpan<uint> ordinals, FieldCodes codes, int wanted, bool mayDoubt, ref double micros)
    {
        SearchTrace trace = plan.Trace;
        Candidate[] candidates = ArrayPool<Candidate>.Shared.Rent(wanted);
        try
        {
            int count = codes.Scan(plan.Query, ordinals, default(AdmitAll), candidates.AsSpan(0, wanted), plan.Cancellation);
            double scanMicros = trace.EndScan();
            Candidate[] nearest = new Candidate[Math.Min(plan.K, ordinals.Length)];
            int found = codes.Rescore(plan.Query, candidates.AsSpan(0, count), nearest, plan.Cancellation);
            trace.CountScanned(codes.Space.Quantizer.Kind, (float)wanted / plan.K, ordinals.Length, count);
            micros += scanMicros + trace.EndRescore();
            bool isDoubted = mayDoubt && wanted < ordinals.Length && codes.MayHideNearer(candidates.AsSpan(0, count), nearest.AsSpan(0, found));
            return isDoubted ? null : found == nearest.Length ? nearest : nearest[..found];
        }
        finally
        {
            ArrayPool<Candidate>.Shared.Return(candidates);
        }
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
