using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Flat;

/// <summary>The scans, behind one virtual call: below it everything is compiled for the metric's kernel.</summary>
internal abstract class FlatOperations
{
    public abstract int Search<TFilter>(
        ReadOnlySpan<float> query, uint from, uint to, int k, TFilter filter, Span<Candidate> results, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter;

    public abstract int Search<TFilter>(
        ReadOnlySpan<float> query, ReadOnlySpan<uint> ordinals, int k, TFilter filter, Span<Candidate> results, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter;

    /// <summary>Makes the operations for a kernel.</summary>
    internal readonly struct Picker(VectorRows rows) : IKernelConsumer<FlatOperations>
    {
        public FlatOperations Use<TKernel>()
            where TKernel : struct, IDistanceKernel =>
            new Compiled<TKernel>(rows);
    }

    private sealed unsafe class Compiled<TKernel>(VectorRows rows) : FlatOperations
        where TKernel : struct, IDistanceKernel
    {
        private const int BatchRows = 256;

        public override int Search<TFilter>(
            ReadOnlySpan<float> query, uint from, uint to, int k, TFilter filter, Span<Candidate> results, CancellationToken cancellation)
        {
            var scratch = ScanScratch.Rent();
            try
            {
                var copy = scratch.CopyQuery(query, rows.PaddedLength);
                var nearest = new TopK(scratch.Keys(k), k);
                for (var first = from; first < to; first += Math.Min(BatchRows, to - first))
                {
                    cancellation.ThrowIfCancellationRequested();
                    var count = (int)Math.Min(BatchRows, to - first);
                    if (typeof(TFilter) == typeof(AdmitAll))
                    {
                        ScanRows(copy, first, count, scratch, ref nearest);
                        continue;
                    }

                    var admitted = 0;
                    for (uint i = 0; i < count; i++)
                    {
                        scratch.Batch[admitted] = first + i;
                        admitted += filter.Admits(first + i) ? 1 : 0;
                    }

                    GatherRows(copy, admitted, scratch, ref nearest);
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
                var copy = scratch.CopyQuery(query, rows.PaddedLength);
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

                    GatherRows(copy, admitted, scratch, ref nearest);
                    ordinals = ordinals[count..];
                }

                return nearest.DrainAscending(results);
            }
            finally
            {
                ScanScratch.Return(scratch);
            }
        }

        private void ScanRows(float* query, uint first, int count, ScanScratch scratch, ref TopK nearest)
        {
            TKernel.ScanDistances(query, (byte*)rows.Row(first), (nuint)rows.StrideBytes, (nuint)rows.PaddedLength, count, scratch.Distances);
            for (var i = 0; i < count; i++)
            {
                // Most rows are farther than the k-th and cost this one comparison; NaN goes on and is sorted last.
                if (!(scratch.Distances[i] > nearest.Threshold))
                {
                    nearest.Push(scratch.Distances[i], first + (uint)i);
                }
            }
        }

        private void GatherRows(float* query, int count, ScanScratch scratch, ref TopK nearest)
        {
            TKernel.GatherDistances(
                query, rows.Region.Base, (nuint)rows.StrideBytes, (nuint)rows.PaddedLength, scratch.Batch, count, scratch.Distances);
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
