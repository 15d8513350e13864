using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>What a graph does on one space, behind one virtual call: below it everything is compiled for the space's scorer.</summary>
internal abstract class GraphOperations(VectorSpace space)
{
    public VectorSpace Space { get; } = space;

    public abstract void Insert(uint ordinal);

    /// <inheritdoc cref="HnswGraph.Search"/>
    public int Search<TFilter>(
        ReadOnlySpan<float> query, int k, int ef, TFilter filter, Span<Candidate> results, out SearchStats stats, WalkPlan plan, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter
    {
        if (query.Length != Space.Dim)
        {
            throw new ArgumentException($"has {query.Length} components, the vectors have {Space.Dim}", nameof(query));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, results.Length);
        return Walk(query, k, ef, filter, results, out stats, plan, cancellation);
    }

    public abstract bool Tend(int steps, CancellationToken cancellation);

    /// <summary>Searches; what the caller gave has been checked.</summary>
    protected abstract int Walk<TFilter>(
        ReadOnlySpan<float> query, int k, int ef, TFilter filter, Span<Candidate> results, out SearchStats stats, WalkPlan plan, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter;

    public static GraphOperations For(HnswGraph graph, VectorSpace space) =>
        space.Use<Picker, GraphOperations>(new Picker(graph, space));

    /// <summary>Makes the operations for a scorer.</summary>
    private readonly struct Picker(HnswGraph graph, VectorSpace space) : IScorerConsumer<GraphOperations>
    {
        public GraphOperations Use<TScorer>()
            where TScorer : struct, IScorer<TScorer> =>
            new Compiled<TScorer>(graph, space);
    }

    private sealed class Compiled<TScorer>(HnswGraph graph, VectorSpace space) : GraphOperations(space)
        where TScorer : struct, IScorer<TScorer>
    {
        private readonly HnswSearcher<TScorer> searcher = new(graph, space);
        private readonly HnswInserter<TScorer> inserter = new(graph, space);
        private readonly HnswRemover<TScorer> remover = new(graph, space);

        public override void Insert(uint ordinal) => inserter.Insert(ordinal);

        protected override int Walk<TFilter>(
            ReadOnlySpan<float> query, int k, int ef, TFilter filter, Span<Candidate> results, out SearchStats stats, WalkPlan plan, CancellationToken cancellation) =>
            searcher.Search(query, k, ef, filter, results, out stats, plan, cancellation);

        public override bool Tend(int steps, CancellationToken cancellation) => remover.Tend(steps, cancellation);
    }
}
