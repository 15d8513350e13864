using System.Runtime.InteropServices;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>
/// How many candidates by code have to be scored again with the vectors: the smallest multiple of k whose nearest codes
/// hold the exact k nearest with a given recall, measured on stored vectors as queries. One query at a time, so that
/// whoever measures can stop in between.
/// </summary>
/// <remarks>One thread. A vector that is as near as the k-th is as good as that one: sets have duplicates.</remarks>
public sealed class OversamplingCalibration
{
    /// <summary>The largest factor that is returned: beyond it a scan of the vectors is the better plan.</summary>
    public const double FactorMax = 100;

    /// <summary>Distances, of vectors and of codes each, that a calibration computes at most unless told otherwise.</summary>
    public const long DistancesMaxDefault = 50_000_000;

    private const int QueriesMin = 8;

    /// <summary>Exact results that are looked at for each one sought, to see which are as near as the last.</summary>
    private const int TieDepth = 2;

    private readonly int k;
    private readonly Dictionary<uint, int> rankOf = [];
    private readonly List<int> ranks = [];

    /// <summary>Begins a calibration.</summary>
    /// <param name="k">Neighbours sought, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is not positive.</exception>
    public OversamplingCalibration(int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        this.k = k;
    }

    /// <summary>How many exact results <see cref="Add"/> should be given.</summary>
    public int ExactDepth => k * TieDepth;

    /// <summary>How many candidates by code <see cref="Add"/> should be given; what lies behind them counts as not found.</summary>
    public int CodeDepth => (int)(k * FactorMax);

    /// <summary>Queries that were searched for.</summary>
    public int Queries { get; private set; }

    /// <summary>Measures the factor. The same arguments give the same result.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="codes">Their codes, under the same ordinals.</param>
    /// <param name="queries">Ordinals of vectors to search with, each held out of its own results, at least one; drawn at random by the caller.</param>
    /// <param name="end">One more than the last ordinal; those below that the filter admits are written in both spaces.</param>
    /// <param name="filter">Which ordinals are there.</param>
    /// <param name="k">Neighbours sought, at least 1.</param>
    /// <param name="recall">The part of them to be found, above 0, at most 1.</param>
    /// <param name="distancesMax">Bounds the time: fewer queries are used where there are many vectors, but never fewer than eight.</param>
    /// <param name="cancellation">Looked at every few hundred rows.</param>
    /// <returns>Candidates to score again for each neighbour sought, 1 to <see cref="FactorMax"/>.</returns>
    /// <exception cref="ArgumentException">There are no queries, or the spaces are of different vectors.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static double Measure<TFilter>(
        FloatSpace vectors,
        CodeSpace codes,
        ReadOnlySpan<uint> queries,
        uint end,
        TFilter filter,
        int k,
        double recall,
        long distancesMax = DistancesMaxDefault,
        CancellationToken cancellation = default)
        where TFilter : struct, IOrdinalFilter
    {
        if (queries.IsEmpty || vectors.Dim != codes.Dim || vectors.Metric != codes.Metric)
        {
            throw new ArgumentException("a calibration needs queries, and codes of the same vectors");
        }

        CheckRecall(recall);
        var calibration = new OversamplingCalibration(k);
        var exact = new FlatScan(vectors);
        var byCode = new FlatScan(codes);
        var nearest = new Candidate[calibration.ExactDepth];
        var candidates = new Candidate[calibration.CodeDepth];
        var used = (int)Math.Min(queries.Length, Math.Max(QueriesMin, distancesMax / Math.Max(end, 1)));
        for (var i = 0; i < used; i++)
        {
            // Spread over all that were given, so that the first ones are not all there is.
            var ordinal = queries[(int)((long)i * queries.Length / used)];
            var query = vectors.Rows.Vector(ordinal);
            var others = new AllBut<TFilter>(ordinal, filter);
            var found = exact.Search(query, 0, end, nearest.Length, others, nearest, cancellation);
            var depth = byCode.Search(query, 0, end, (int)Math.Min(end, candidates.Length), others, candidates, cancellation);
            calibration.Add(nearest.AsSpan(0, found), candidates.AsSpan(0, depth));
        }

        return calibration.Factor(recall);
    }

    /// <summary>Notes what one query has found.</summary>
    /// <param name="exact">The nearest by the vectors, nearest first, <see cref="ExactDepth"/> of them or all there are.</param>
    /// <param name="byCode">The nearest by code, nearest first.</param>
    public void Add(ReadOnlySpan<Candidate> exact, ReadOnlySpan<Candidate> byCode)
    {
        Queries++;
        var sought = Math.Min(k, exact.Length);
        if (sought == 0)
        {
            return;
        }

        rankOf.Clear();
        for (var rank = 0; rank < byCode.Length; rank++)
        {
            rankOf[byCode[rank].Ordinal] = rank + 1;
        }

        var before = ranks.Count;
        var farthest = exact[sought - 1].Distance;
        for (var i = 0; i < exact.Length && !(exact[i].Distance > farthest); i++)
        {
            ranks.Add(rankOf.GetValueOrDefault(exact[i].Ordinal, int.MaxValue));
        }

        // Of those that are equally far any will do: the first ones that are found.
        CollectionsMarshal.AsSpan(ranks)[before..].Sort();
        CollectionsMarshal.SetCount(ranks, before + sought);
    }

    /// <summary>The factor by all queries so far; 1 when there were no neighbours.</summary>
    /// <param name="recall">The part of the neighbours to be found, above 0, at most 1.</param>
    /// <returns>Candidates to score again for each neighbour sought, 1 to <see cref="FactorMax"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The recall is out of its range.</exception>
    public double Factor(double recall)
    {
        CheckRecall(recall);
        if (ranks.Count == 0)
        {
            return 1;
        }

        var ordered = ranks.ToArray();
        Array.Sort(ordered);
        var needed = ordered[Math.Clamp((int)Math.Ceiling(recall * ordered.Length) - 1, 0, ordered.Length - 1)];
        return Math.Clamp((double)needed / k, 1, FactorMax);
    }

    private static void CheckRecall(double recall)
    {
        if (!(recall is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(recall), recall, "the recall is above 0, at most 1");
        }
    }

    /// <summary>Admits what another filter does, except one ordinal.</summary>
    private readonly struct AllBut<TFilter>(uint ordinal, TFilter filter) : IOrdinalFilter
        where TFilter : struct, IOrdinalFilter
    {
        public bool Admits(uint candidate) => candidate != ordinal && filter.Admits(candidate);
    }
}
