using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Flat;

/// <summary>The scans, behind one virtual call: below it everything is compiled for the space's scorer.</summary>
internal abstract class FlatOperations
{
    public abstract int Search<TFilter>(
        ReadOnlySpan<float> query, uint from, uint to, int k, TFilter filter, Span<Candidate> results, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter;

    public abstract int Search<TFilter>(
        ReadOnlySpan<float> query, ReadOnlySpan<uint> ordinals, int k, TFilter filter, Span<Candidate> results, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter;

    /// <summary>Makes the operations for a scorer.</summary>
    internal readonly struct Picker(VectorSpace space) : IScorerConsumer<FlatOperations>
    {
        public FlatOperations Use<TScorer>()
            where TScorer : struct, IScorer<TScorer> =>
            new Compiled<TScorer>(space);
    }

    private sealed unsafe class Compiled<TScorer>(VectorSpace space) : FlatOperations
        where TScorer : struct, IScorer<TScorer>
    {
        private const int BatchRows = 256;

        public override int Search<TFilter>(
            ReadOnlySpan<float> query, uint from, uint to, int k, TFilter filter, Span<Candidate> results, CancellationToken cancellation)
        {
            var scratch = ScanScratch.Rent();
            try
            {
                var scorer = ScorerFor(query, scratch);
                var nearest = new TopK(scratch.Keys(k), k);
                for (var first = from; first < to; first += Math.Min(BatchRows, to - first))
                {
                    cancellation.ThrowIfCancellationRequested();
                    var count = (int)Math.Min(BatchRows, to - first);
                    if (typeof(TFilter) == typeof(AdmitAll))
                    {
                        ScanRows(scorer, first, count, scratch, ref nearest);
                        continue;
                    }

                    var admitted = 0;
                    for (uint i = 0; i < count; i++)
                    {
                        scratch.Batch[admitted] = first + i;
                        admitted += filter.Admits(first + i) ? 1 : 0;
                    }

                    GatherRows(scorer, admitted, scratch, ref nearest);
                }

                return nearest.DrainAscending(results);
            }
            finally
            {
                ScanScratch.Return(scratch);
            }
        }

        public override int Search<TFilter>(
            ReadOnlySpan<float> query, ReadOnlySpan<uint> ordinals, int k, TFilter filter, Span<Candidate> results, CancellationToken cancellation)
        {
            var scratch = ScanScratch.Rent();
            try
            {
                var scorer = ScorerFor(query, scratch);
                var nearest = new TopK(scratch.Keys(k), k);
                while (!ordinals.IsEmpty)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var count = Math.Min(BatchRows, ordinals.Length);
                    var admitted = 0;
                    foreach (var ordinal in ordinals[..count])
                    {
                        scratch.Batch[admitted] = ordinal;
                        admitted += filter.Admits(ordinal) ? 1 : 0;
                    }

                    GatherRows(scorer, admitted, scratch, ref nearest);
                    ordinals = ordinals[count..];
                }

                return nearest.DrainAscending(results);
            }
            finally
            {
                ScanScratch.Return(scratch);
            }
        }

        private TScorer ScorerFor(ReadOnlySpan<float> query, ScanScratch scratch) =>
            TScorer.ForQuery(space, scratch.CopyQuery(query, PaddedRows.PaddedLength(space.Dim)), scratch.Context(space.ContextBytes));

        private static void ScanRows(TScorer scorer, uint first, int count, ScanScratch scratch, ref TopK nearest)
        {
            scorer.ScoreRange(first, count, scratch.Distances);
            for (var i = 0; i < count; i++)
            {
                // Most rows are farther than the k-th and cost this one comparison; NaN goes on and is sorted last.
                if (!(scratch.Distances[i] > nearest.Threshold))
                {
                    nearest.Push(scratch.Distances[i], first + (uint)i);
                }
            }
        }

        private static void GatherRows(TScorer scorer, int count, ScanScratch scratch, ref TopK nearest)
        {
            scorer.ScoreMany(scratch.Batch, count, scratch.Distances);
            for (var i = 0; i < count; i++)
            {
                if (!(scratch.Distances[i] > nearest.Threshold))
                {
                    nearest.Push(scratch.Distances[i], scratch.Batch[i]);
                }
            }
        }
    }
}
