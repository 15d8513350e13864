using System.Runtime.InteropServices;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>
/// How many candidates by code have to be scored again with the vectors: the smallest multiple of k whose nearest codes
/// hold the exact k nearest with a given recall, measured on stored vectors as queries. A few queries at a time, so that
/// whoever measures can stop in between.
/// </summary>
/// <remarks>One thread. A vector that is as near as the k-th is as good as that one: sets have duplicates.</remarks>
public sealed class OversamplingCalibration
{
    /// <summary>The largest factor that is returned: beyond it a scan of the vectors is the better plan.</summary>
    public const double FactorMax = 100;

    /// <summary>Exact results that are looked at for each one sought, to see which are as near as the last.</summary>
    private const int TieDepth = 2;

    private readonly int k;
    private readonly Dictionary<uint, int> rankOf = [];
    private readonly List<int> ranks = [];

    /// <summary>Queries that are best measured at a time: they share the reading of the vectors.</summary>
    public const int QueriesAtOnce = 16;

    /// <summary>Begins a calibration.</summary>
    /// <param name="k">Neighbours sought, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is not positive.</exception>
    public OversamplingCalibration(int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        this.k = k;
    }

    /// <summary>How many candidates by code <see cref="Add"/> should be given; what lies behind them counts as not found.</summary>
    public int CodeDepth => (int)(k * FactorMax);

    /// <summary>Queries that were searched for.</summary>
    public int Queries { get; private set; }

    /// <summary>Searches for stored vectors among the others, exactly and by code, and notes what was found.</summary>
    /// <param name="exact">Scans the vectors.</param>
    /// <param name="byCode">Scans their codes, under the same ordinals.</param>
    /// <param name="rows">The vectors.</param>
    /// <param name="queries">Ordinals of vectors to search with, drawn at random by the caller; each is held out of its own results.</param>
    /// <param name="end">One more than the last ordinal; those below that the filter admits are written in both spaces.</param>
    /// <param name="filter">Which ordinals are there; the queries are.</param>
    /// <param name="cancellation">Looked at every few hundred rows; a cancelled call has noted nothing.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Measure<TFilter>(
        FlatScan exact, FlatScan byCode, VectorRows rows, ReadOnlySpan<uint> queries, uint end, TFilter filter, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter =>
        Measure(
            exact,
            rows,
            queries,
            end,
            filter,
            components => byCode.SearchMany(components, 0, end, (int)Math.Min(end, CodeDepth + 1), filter, cancellation),
            cancellation);

    /// <summary>As the other, where something else than a scan looks at the codes.</summary>
    /// <param name="exact">Scans the vectors.</param>
    /// <param name="rows">The vectors.</param>
    /// <param name="queries">Ordinals of vectors to search with.</param>
    /// <param name="end">One more than the last ordinal.</param>
    /// <param name="filter">Which ordinals are there.</param>
    /// <param name="byCode">
    /// Given the components of the queries, one after the other: finds for each one more than <see cref="CodeDepth"/> by code, or
    /// all there are, the query itself among them.
    /// </param>
    /// <param name="cancellation">Looked at every few hundred rows.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Measure<TFilter>(
        FlatScan exact,
        VectorRows rows,
        ReadOnlySpan<uint> queries,
        uint end,
        TFilter filter,
        Func<float[], Candidate[][]> byCode,
        CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter
    {
        var components = new float[queries.Length * rows.Dim];
        for (var q = 0; q < queries.Length; q++)
        {
            rows.Vector(queries[q]).CopyTo(components.AsSpan(q * rows.Dim));
        }

        var nearest = exact.SearchMany(components, 0, end, (int)Math.Min(end, (k * TieDepth) + 1), filter, cancellation);
        var candidates = byCode(components);
        for (var q = 0; q < queries.Length; q++)
        {
            Add(Others(nearest[q], queries[q]), Others(candidates[q], queries[q]));
        }
    }

    /// <summary>Notes what one query has found.</summary>
    /// <param name="exact">The nearest by the vectors, nearest first, more than are sought, or all there are.</param>
    /// <param name="byCode">The nearest by code, nearest first.</param>
    public void Add(ReadOnlySpan<Candidate> exact, ReadOnlySpan<Candidate> byCode)
    {
        Queries++;
        var sought = Math.Min(k, exact.Length);
        if (sought == 0)
        {
            return;
        }

        // More are equally near than were looked at, as all are to a vector of zeros under cosine: any of them is right, and which
        // ones codes find says nothing.
        if (exact.Length > sought && !(exact[^1].Distance > exact[sought - 1].Distance))
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

    /// <summary>Without the query itself; where that is not among its nearest for all its duplicates, without the last.</summary>
    private static ReadOnlySpan<Candidate> Others(Candidate[] found, uint query)
    {
        for (var i = 0; i < found.Length; i++)
        {
            if (found[i].Ordinal == query)
            {
                Array.Copy(found, i + 1, found, i, found.Length - i - 1);
                break;
            }
        }

        return found.AsSpan(0, Math.Max(0, found.Length - 1));
    }
}
