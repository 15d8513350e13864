using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Flat;

/// <summary>
/// Exact search over points of several rows by late interaction (Khattab and Zaharia, ColBERT, SIGIR 2020, section 3.3):
/// the distance of a point is the sum, over the rows of the query, of the distance of the point's row that is nearest to it.
/// </summary>
/// <remarks>Takes no lock. Every admitted point is scored; ties by the smaller ordinal.</remarks>
public sealed class MaxSimScan
{
    private readonly MaxSimOperations operations;

    /// <param name="space">The rows of all points; they must outlive the scan.</param>
    public MaxSimScan(VectorSpace space)
    {
        Space = space;
        operations = space.Use<MaxSimOperations.Picker, MaxSimOperations>(new MaxSimOperations.Picker(space));
    }

    /// <summary>The rows.</summary>
    public VectorSpace Space { get; }

    /// <summary>Scans the points from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    /// <param name="query">The rows of the query one after the other, each as long as the space's; normalised by the caller for cosine.</param>
    /// <param name="extents">Where the rows of a point are.</param>
    /// <param name="from">The first point.</param>
    /// <param name="to">One more than the last.</param>
    /// <param name="k">How many to return, at most the length of <paramref name="results"/>.</param>
    /// <param name="filter">Which points may be returned; only those it admits must have rows.</param>
    /// <param name="results">Receives the nearest, nearest first.</param>
    /// <param name="distances">How many distances between rows were computed.</param>
    /// <param name="cancellation">Looked at every few thousand rows.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">The query is no whole number of rows, or the results have no room for k.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public int Search<TExtents, TFilter>(
        ReadOnlySpan<float> query,
        TExtents extents,
        uint from,
        uint to,
        int k,
        TFilter filter,
        Span<Candidate> results,
        out long distances,
        CancellationToken cancellation = default)
        where TExtents : struct, IRowExtents
        where TFilter : struct, IOrdinalFilter
    {
        if (query.IsEmpty || query.Length % Space.Dim != 0)
        {
            throw new ArgumentException($"has {query.Length} components, which are no whole rows of {Space.Dim}", nameof(query));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, results.Length);
        distances = 0;
        return k == 0 ? 0 : operations.Search(query, extents, from, to, k, filter, results, out distances, cancellation);
    }
}
