using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>What a graph does, behind one virtual call: below it everything is compiled for the graph's kernel.</summary>
internal abstract class GraphOperations
{
    public abstract void Insert(uint ordinal);

    public abstract int Search<TFilter>(
        ReadOnlySpan<float> query, int k, int ef, TFilter filter, Span<Candidate> results, out SearchStats stats, int distancesMax, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter;

    public abstract void Remove(ReadOnlySpan<uint> dead, CancellationToken cancellation);

    public abstract int RepairReachability(CancellationToken cancellation);

    /// <summary>Makes the operations for a kernel.</summary>
    internal readonly struct Picker(HnswGraph graph) : IKernelConsumer<GraphOperations>
    {
        public GraphOperations Use<TKernel>()
            where TKernel : struct, IDistanceKernel =>
            new Compiled<FloatScorer<TKernel>>(graph);
    }

    private sealed class Compiled<TScorer>(HnswGraph graph) : GraphOperations
        where TScorer : struct, IScorer<TScorer>
    {
        private readonly HnswSearcher<TScorer> searcher = new(graph);
        private readonly HnswInserter<TScorer> inserter = new(graph);
        private readonly HnswRemover<TScorer> remover = new(graph);

        public override void Insert(uint ordinal) => inserter.Insert(ordinal);

        public override int Search<TFilter>(
            ReadOnlySpan<float> query, int k, int ef, TFilter filter, Span<Candidate> results, out SearchStats stats, int distancesMax, CancellationToken cancellation) =>
            searcher.Search(query, k, ef, filter, results, out stats, distancesMax, cancellation);

        public override void Remove(ReadOnlySpan<uint> dead, CancellationToken cancellation) => remover.Remove(dead, cancellation);

        public override int RepairReachability(CancellationToken cancellation) => remover.RepairReachability(cancellation);
    }
}
