using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Flat;

/// <summary>
/// Scans: every admitted row is scored, so over a <see cref="FloatSpace"/> the search is exact. Returns the k nearest, nearest first, ties by the smaller ordinal; fewer
/// only when fewer are admitted.
/// </summary>
/// <remarks>Takes no lock; for one query it allocates nothing once its thread's memory has grown.</remarks>
public sealed class FlatScan
{
    private readonly FlatOperations operations;

    /// <param name="space">The vectors; they must outlive the scan.</param>
    public FlatScan(VectorSpace space)
    {
        Space = space;
        operations = space.Use<FlatOperations.Picker, FlatOperations>(new FlatOperations.Picker(space));
    }

    /// <summary>The vectors.</summary>
    public VectorSpace Space { get; }

    /// <summary>Scans the ordinals from <paramref name="from"/> to before <paramref name="to"/>; all of them must have been written.</summary>
    /// <param name="query">The components; normalised by the caller for cosine.</param>
    /// <param name="from">The first ordinal.</param>
    /// <param name="to">One more than the last.</param>
    /// <param name="k">How many to return, at most the length of <paramref name="results"/>.</param>
    /// <param name="filter">Which ordinals may be returned.</param>
    /// <param name="results">Receives the nearest.</param>
    /// <param name="cancellation">Looked at every few hundred rows.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">The query has not the dimension of the vectors, or the results have no room for k.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public int Search<TFilter>(
        ReadOnlySpan<float> query, uint from, uint to, int k, TFilter filter, Span<Candidate> results, CancellationToken cancellation = default)
        where TFilter : struct, IOrdinalFilter
    {
        Check(query, k, results);
        return k == 0 ? 0 : operations.Search(query, from, to, k, filter, results, cancellation);
    }

    /// <summary>Scans a range of ordinals for several queries: rows are scored for all of them while they are in the cache.</summary>
    /// <param name="queries">The components of all, one query after the other; normalised by the caller for cosine.</param>
    /// <param name="from">The first ordinal.</param>
    /// <param name="to">One more than the last; all of them must have been written.</param>
    /// <param name="k">How many to return for each query.</param>
    /// <param name="filter">Which ordinals may be returned.</param>
    /// <param name="cancellation">Looked at every few hundred rows.</param>
    /// <returns>For each query the nearest.</returns>
    /// <exception cref="ArgumentException">The components are not those of a whole number of queries, or k is negative.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Candidate[][] SearchMany<TFilter>(
        ReadOnlySpan<float> queries, uint from, uint to, int k, TFilter filter, CancellationToken cancellation = default)
        where TFilter : struct, IOrdinalFilter
    {
        if (queries.Length % Space.Dim != 0)
        {
            throw new ArgumentException($"has {queries.Length} components, the vectors have {Space.Dim}", nameof(queries));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(k);
        return operations.SearchMany(queries, from, to, k, filter, cancellation);
    }

    /// <summary>Scans the given ordinals, in any order, each at most once; all of them must have been written.</summary>
    /// <param name="query">The components; normalised by the caller for cosine.</param>
    /// <param name="ordinals">The rows to score.</param>
    /// <param name="k">How many to return, at most the length of <paramref name="results"/>.</param>
    /// <param name="filter">Which of them may be returned.</param>
    /// <param name="results">Receives the nearest.</param>
    /// <param name="cancellation">Looked at every few hundred rows.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">The query has not the dimension of the vectors, or the results have no room for k.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public int Search<TFilter>(
        ReadOnlySpan<float> query, ReadOnlySpan<uint> ordinals, int k, TFilter filter, Span<Candidate> results, CancellationToken cancellation = default)
        where TFilter : struct, IOrdinalFilter
    {
        Check(query, k, results);
        return k == 0 ? 0 : operations.Search(query, ordinals, k, filter, results, cancellation);
    }

    private void Check(ReadOnlySpan<float> query, int k, Span<Candidate> results)
    {
        if (query.Length != Space.Dim)
        {
            throw new ArgumentException($"has {query.Length} components, the vectors have {Space.Dim}", nameof(query));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, results.Length);
    }
}
