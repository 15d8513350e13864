using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>
/// How many candidates by code have to be scored again with the vectors: the smallest multiple of k whose nearest codes
/// hold the exact k nearest with a given recall, measured on stored vectors as queries.
/// </summary>
public static class OversamplingCalibration
{
    /// <summary>The largest factor that is returned: beyond it a scan of the vectors is the better plan.</summary>
    public const double FactorMax = 100;

    /// <summary>Distances, of vectors and of codes each, that a calibration computes at most unless told otherwise.</summary>
    public const long DistancesMaxDefault = 50_000_000;

    private const int QueriesMin = 8;

    /// <summary>Measures the factor. The same arguments give the same result.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="codes">Their codes, under the same ordinals.</param>
    /// <param name="queries">Ordinals of vectors to search with, each held out of its own results, at least one; drawn at random by the caller.</param>
    /// <param name="end">One more than the last ordinal; those below that the filter admits are written in both spaces.</param>
    /// <param name="filter">Which ordinals are there.</param>
    /// <param name="k">Neighbours sought, at least 1.</param>
    /// <param name="recall">The part of them to be found, above 0, at most 1.</param>
    /// <param name="distancesMax">Bounds the time: fewer queries are used where there are many vectors, but never fewer than eight.</param>
    /// <param name="cancellation">Looked at between queries.</param>
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

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        if (!(recall is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(recall), recall, "the recall is above 0, at most 1");
        }

        var used = (int)Math.Min(queries.Length, Math.Max(QueriesMin, distancesMax / Math.Max(end, 1)));
        var exact = new FlatScan(vectors);
        var byCode = new FlatScan(codes);
        var nearest = new Candidate[k];
        var depthMax = (int)Math.Min(end, (long)(k * FactorMax));
        var candidates = new Candidate[depthMax];
        var rankOf = new Dictionary<uint, int>(depthMax);
        var ranks = new List<int>(used * k);
        for (var i = 0; i < used; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            // Spread over all that were given, so that the first ones are not all there is.
            var ordinal = queries[(int)((long)i * queries.Length / used)];
            var query = vectors.Rows.Vector(ordinal);
            var others = new AllBut<TFilter>(ordinal, filter);
            var found = exact.Search(query, 0, end, k, others, nearest, cancellation);
            var depth = byCode.Search(query, 0, end, depthMax, others, candidates, cancellation);
            rankOf.Clear();
            for (var rank = 0; rank < depth; rank++)
            {
                rankOf[candidates[rank].Ordinal] = rank + 1;
            }

            for (var j = 0; j < found; j++)
            {
                ranks.Add(rankOf.GetValueOrDefault(nearest[j].Ordinal, int.MaxValue));
            }
        }

        if (ranks.Count == 0)
        {
            return 1;
        }

        ranks.Sort();
        var needed = ranks[Math.Clamp((int)Math.Ceiling(recall * ranks.Count) - 1, 0, ranks.Count - 1)];
        return Math.Clamp((double)needed / k, 1, FactorMax);
    }

    /// <summary>Admits what another filter does, except one ordinal.</summary>
    private readonly struct AllBut<TFilter>(uint ordinal, TFilter filter) : IOrdinalFilter
        where TFilter : struct, IOrdinalFilter
    {
        public bool Admits(uint candidate) => candidate != ordinal && filter.Admits(candidate);
    }
}
