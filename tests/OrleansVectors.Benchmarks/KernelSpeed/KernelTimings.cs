using System.Diagnostics;
using System.Numerics.Tensors;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Benchmarks.KernelSpeed;

/// <summary>
/// Times one kernel: a pair of vectors in the first-level cache, consecutive rows, and rows scattered over a table far
/// larger than the caches, taken 32 at a time as a graph search takes the neighbours of a node.
/// </summary>
internal sealed unsafe class KernelTimings : IDisposable
{
    private const long TableBytes = 256 << 20;
    private const int RowsAtOnce = 32;
    private const int Rounds = 7;

    private readonly NativeRegion table;
    private readonly AlignedBuffer<float> query;
    private readonly AlignedBuffer<uint> ordinals;
    private readonly AlignedBuffer<float> distances = new(RowsAtOnce);
    private readonly int rows;

    public KernelTimings(int dim)
    {
        PaddedLength = PaddedRows.PaddedLength(dim);
        StrideBytes = PaddedLength * sizeof(float);
        rows = (int)(TableBytes / StrideBytes);
        table = new NativeRegion("kernel timings", TableBytes);
        table.EnsureCommitted(TableBytes);
        new Span<float>(table.Base, (int)(TableBytes / sizeof(float))).Fill(0.5f);
        query = new AlignedBuffer<float>(PaddedLength);
        query.Span.Fill(0.25f);
        ordinals = new AlignedBuffer<uint>(1 << 16);
        var random = new Random(1);
        foreach (ref var ordinal in ordinals.Span)
        {
            ordinal = (uint)random.Next(rows);
        }
    }

    public int PaddedLength { get; }

    private int StrideBytes { get; }

    public double PairNanoseconds<TKernel>()
        where TKernel : struct, IDistanceKernel =>
        Best(200_000, repeats =>
        {
            var sum = 0f;
            for (var i = 0; i < repeats; i++)
            {
                sum += TKernel.PaddedDistance(query.Start, (float*)table.Base, (nuint)PaddedLength);
            }

            return sum;
        });

    public double PairNanosecondsOfTensorPrimitives() =>
        Best(200_000, repeats =>
        {
            var sum = 0f;
            for (var i = 0; i < repeats; i++)
            {
                sum += TensorPrimitives.Dot<float>(query.Span, new ReadOnlySpan<float>(table.Base, PaddedLength));
            }

            return sum;
        });

    public double ScanNanoseconds<TKernel>()
        where TKernel : struct, IDistanceKernel =>
        Best(64_000, repeats =>
        {
            for (var i = 0; i < repeats; i += RowsAtOnce)
            {
                var first = i % (rows - RowsAtOnce);
                TKernel.ScanDistances(
                    query.Start, table.Base + ((long)first * StrideBytes), (nuint)StrideBytes, (nuint)PaddedLength, RowsAtOnce, distances.Start);
            }

            return distances[0];
        });

    public double GatherNanoseconds<TKernel>()
        where TKernel : struct, IDistanceKernel =>
        Best(64_000, repeats =>
        {
            for (var i = 0; i < repeats; i += RowsAtOnce)
            {
                TKernel.GatherDistances(
                    query.Start, table.Base, (nuint)StrideBytes, (nuint)PaddedLength, ordinals.Start + i, RowsAtOnce, distances.Start);
            }

            return distances[0];
        });

    public void Dispose()
    {
        table.Dispose();
        query.Dispose();
        ordinals.Dispose();
        distances.Dispose();
    }

    /// <summary>The best of some rounds, in nanoseconds for one distance; the first round also lets the JIT finish.</summary>
    private static double Best(int repeats, Func<int, float> work)
    {
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            _ = work(repeats);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / repeats);
        }

        return best;
    }
}
