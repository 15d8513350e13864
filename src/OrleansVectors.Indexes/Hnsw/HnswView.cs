using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>A graph searched by the distances of a space of the searcher's choice, whatever the graph itself walks on.</summary>
/// <remarks>The links are the same; only who is near is asked elsewhere: so a graph on codes can be walked by the vectors.</remarks>
public sealed class HnswView
{
    private readonly GraphOperations operations;

    /// <param name="graph">The links.</param>
    /// <param name="space">Holds every ordinal that is in the graph. Both must outlive the view.</param>
    public HnswView(HnswGraph graph, VectorSpace space) => operations = GraphOperations.For(graph, space);

    /// <summary>As <see cref="HnswGraph.Search"/>, by the distances of the view's space.</summary>
    /// <param name="query">The components; normalised by the caller for cosine.</param>
    /// <param name="k">How many to return, at most the length of <paramref name="results"/>.</param>
    /// <param name="ef">How many candidates to keep while walking; raised to <paramref name="k"/>.</param>
    /// <param name="filter">Which nodes may be returned.</param>
    /// <param name="results">Receives the nearest, nearest first, ties by ordinal.</param>
    /// <param name="stats">What it cost.</param>
    /// <param name="plan">How to walk with a filter.</param>
    /// <param name="cancellation">Looked at every few hundred nodes.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">The query has not the dimension of the vectors, or the results have no room for k.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public int Search<TFilter>(
        ReadOnlySpan<float> query,
        int k,
        int ef,
        TFilter filter,
        Span<Candidate> results,
        out SearchStats stats,
        WalkPlan plan = default,
        CancellationToken cancellation = default)
        where TFilter : struct, IOrdinalFilter =>
        operations.Search(query, k, ef, filter, results, out stats, plan, cancellation);
}
