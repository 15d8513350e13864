using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Flat;

/// <summary>The scans, behind one virtual call: below it everything is compiled for the space's scorer.</summary>
internal abstract class FlatOperations
{
    public abstract int Search<TFilter>(
        ReadOnlySpan<float> query, uint from, uint to, int k, TFilter filter, Span<Candidate> results, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter;

    /// <inheritdoc cref="FlatScan.SearchMany"/>
    public abstract Candidate[][] SearchMany<TFilter>(
        ReadOnlySpan<float> queries, uint from, uint to, int k, TFilter filter, CancellationToken cancellation)
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

        /// <summary>Vectors that fit into the second level of caches beside what else is there.</summary>
        private const int CachedBytes = 512 << 10;

        /// <summary>Fewer rows at a time would cost more calls than they save reading.</summary>
        private const int CachedRowsMin = 16;

        private const int ContextAlignment = 64;

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

                    GatherRows(scorer, scratch.Batch, Admit(first, count, filter, scratch), scratch, ref nearest);
                }

                return nearest.DrainAscending(results);
            }
            finally
            {
                ScanScratch.Return(scratch);
            }
        }

        public override Candidate[][] SearchMany<TFilter>(
            ReadOnlySpan<float> queries, uint from, uint to, int k, TFilter filter, CancellationToken cancellation)
        {
            var count = queries.Length / space.Dim;
            k = (int)Math.Min((uint)k, to > from ? to - from : 0);
            var paddedLength = PaddedRows.PaddedLength(space.Dim);
            var contextBytes = (space.ContextBytes + ContextAlignment - 1) / ContextAlignment * ContextAlignment;
            using var components = new AlignedBuffer<float>(checked(count * paddedLength));
            using var contexts = new AlignedBuffer<byte>(checked(count * contextBytes));
            using var keys = new AlignedBuffer<ulong>(checked(count * k));
            components.Span.Clear();
            var scorers = new TScorer[count];
            var nearest = new TopK[count];
            for (var q = 0; q < count; q++)
            {
                queries.Slice(q * space.Dim, space.Dim).CopyTo(components.Span[(q * paddedLength)..]);
                scorers[q] = TScorer.ForQuery(space, components.Start + (q * paddedLength), contexts.Start + (q * contextBytes));
                nearest[q] = new TopK(keys.Start + (q * k), k);
            }

            var scratch = ScanScratch.Rent();
            try
            {
                var rows = (uint)Math.Clamp(CachedBytes / (paddedLength * sizeof(float)), CachedRowsMin, BatchRows);
                for (var first = from; first < to; first += Math.Min(rows, to - first))
                {
                    cancellation.ThrowIfCancellationRequested();
                    var admitted = Admit(first, (int)Math.Min(rows, to - first), filter, scratch);
                    for (var q = 0; q < count; q++)
                    {
                        GatherRows(scorers[q], scratch.Batch, admitted, scratch, ref nearest[q]);
                    }
                }
            }
            finally
            {
                ScanScratch.Return(scratch);
            }

            var results = new Candidate[count][];
            for (var q = 0; q < count; q++)
            {
                results[q] = new Candidate[nearest[q].Count];
                nearest[q].DrainAscending(results[q]);
            }

            return results;
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
                    if (typeof(TFilter) == typeof(AdmitAll))
                    {
                        fixed (uint* rows = ordinals)
                        {
                            GatherRows(scorer, rows, count, scratch, ref nearest);
                        }
                    }
                    else
                    {
                        var admitted = 0;
                        foreach (var ordinal in ordinals[..count])
                        {
                            scratch.Batch[admitted] = ordinal;
                            admitted += filter.Admits(ordinal) ? 1 : 0;
                        }

                        GatherRows(scorer, scratch.Batch, admitted, scratch, ref nearest);
                    }

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

        /// <summary>Lists the rows that may be returned.</summary>
        private static int Admit<TFilter>(uint first, int count, TFilter filter, ScanScratch scratch)
            where TFilter : struct, IOrdinalFilter
        {
            var admitted = 0;
            for (uint i = 0; i < count; i++)
            {
                scratch.Batch[admitted] = first + i;
                admitted += filter.Admits(first + i) ? 1 : 0;
            }

            return admitted;
        }

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

        private static void GatherRows(TScorer scorer, uint* rows, int count, ScanScratch scratch, ref TopK nearest)
        {
            scorer.ScoreMany(rows, count, scratch.Distances);
            for (var i = 0; i < count; i++)
            {
                if (!(scratch.Distances[i] > nearest.Threshold))
                {
                    nearest.Push(scratch.Distances[i], rows[i]);
                }
            }
        }
    }
}
