using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Flat;

/// <summary>The scan over points of several rows, behind one virtual call: below it everything is compiled for the space's scorer.</summary>
internal abstract class MaxSimOperations
{
    public abstract int Search<TExtents, TFilter>(
        ReadOnlySpan<float> query,
        TExtents extents,
        uint from,
        uint to,
        int k,
        TFilter filter,
        Span<Candidate> results,
        out long distances,
        CancellationToken cancellation)
        where TExtents : struct, IRowExtents
        where TFilter : struct, IOrdinalFilter;

    /// <summary>Makes the operations for a scorer.</summary>
    internal readonly struct Picker(VectorSpace space) : IScorerConsumer<MaxSimOperations>
    {
        public MaxSimOperations Use<TScorer>()
            where TScorer : struct, IScorer<TScorer> =>
            new Compiled<TScorer>(space);
    }

    private sealed unsafe class Compiled<TScorer>(VectorSpace space) : MaxSimOperations
        where TScorer : struct, IScorer<TScorer>
    {
        private const int BatchRows = 256;

        /// <summary>Distances, or points passed over, between two looks at the cancellation.</summary>
        private const long CancellationStride = 8_192;

        public override int Search<TExtents, TFilter>(
            ReadOnlySpan<float> query,
            TExtents extents,
            uint from,
            uint to,
            int k,
            TFilter filter,
            Span<Candidate> results,
            out long distances,
            CancellationToken cancellation)
        {
            var rows = query.Length / space.Dim;
            var paddedLength = PaddedRows.PaddedLength(space.Dim);
            var contextBytes = (space.ContextBytes + AlignedBuffer<byte>.Alignment - 1) / AlignedBuffer<byte>.Alignment * AlignedBuffer<byte>.Alignment;
            using var padded = new AlignedBuffer<float>(checked(rows * paddedLength));
            using var contexts = new AlignedBuffer<byte>(checked(rows * contextBytes));
            using var scored = new AlignedBuffer<float>(BatchRows);
            using var keys = new AlignedBuffer<ulong>(k);
            var scorers = new TScorer[rows];
            for (var row = 0; row < rows; row++)
            {
                query.Slice(row * space.Dim, space.Dim).CopyTo(padded.Span[(row * paddedLength)..]);
                scorers[row] = TScorer.ForQuery(space, padded.Start + (row * paddedLength), contexts.Start + (row * contextBytes));
            }

            var nearest = new TopK(keys.Start, k);
            var untilLook = 0L;
            distances = 0;
            for (var point = from; point < to; point++)
            {
                if (untilLook-- <= 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    untilLook = CancellationStride;
                }

                if (filter.Admits(point))
                {
                    var extent = extents.ExtentOf(point);
                    nearest.Push(Distance(scorers, extent, scored.Start), point);
                    distances += (long)rows * extent.Count;
                    untilLook -= (long)rows * extent.Count;
                }
            }

            return nearest.DrainAscending(results);
        }

        private static float Distance(TScorer[] scorers, RowExtent extent, float* scored)
        {
            var sum = 0f;
            foreach (var scorer in scorers)
            {
                var best = float.PositiveInfinity;
                for (var done = 0; done < extent.Count; done += BatchRows)
                {
                    var count = Math.Min(BatchRows, extent.Count - done);
                    scorer.ScoreRange(extent.First + (uint)done, count, scored);
                    for (var i = 0; i < count; i++)
                    {
                        best = scored[i] < best ? scored[i] : best;
                    }
                }

                sum += best;
            }

            return sum;
        }
    }
}
