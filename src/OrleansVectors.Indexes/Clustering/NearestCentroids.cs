using System.Numerics;
using System.Runtime.Intrinsics;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Clustering;

/// <summary>
/// Which of many centroids is nearest to each of many rows, by squared Euclidean distance, as a product of matrices: the
/// nearest centroid c of x has the largest x.c - |c|^2 / 2.
/// </summary>
/// <remarks>
/// Centroids are packed into panels, component by component, so that a panel lies in the first or second level of the
/// cache while <see cref="BlockRows"/> rows pass it. Equal distances go to the smaller number. A row's answer depends on
/// nothing but the row and the centroids, so it is the same for any number of threads.
/// </remarks>
internal sealed unsafe class NearestCentroids : IDisposable
{
    /// <summary>Rows that share the visit of a panel; a multiple of the tile's six.</summary>
    private const int BlockRows = 48;

    private readonly Packed packed;

    /// <param name="centroids">Rows of <paramref name="paddedLength"/> floats; they are copied.</param>
    /// <param name="count">How many.</param>
    /// <param name="paddedLength">Floats in a row.</param>
    public NearestCentroids(float* centroids, int count, int paddedLength)
    {
        packed = KernelPicker.BestWidth switch
        {
            RegisterWidth.Bits512 => new Packed<Width512, Vector512<float>>(centroids, count, paddedLength),
            RegisterWidth.Bits256 => new Packed<Width256, Vector256<float>>(centroids, count, paddedLength),
            _ => new Packed<Width128, Vector128<float>>(centroids, count, paddedLength),
        };
    }

    /// <summary>Finds the nearest centroid of each row.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="nearest">Receives a centroid's number for each row.</param>
    /// <param name="parallelism">Threads, at least 1.</param>
    /// <param name="cancellation">Looked at between blocks of rows.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Find(SampleRows rows, int* nearest, int parallelism, CancellationToken cancellation) =>
        ParallelRanges.Run(rows.Count, BlockRows, parallelism, (from, to) => packed.Find(rows.Slice(from, to - from), nearest + from), cancellation);

    public void Dispose() => packed.Dispose();

    private abstract class Packed : IDisposable
    {
        public abstract void Find(SampleRows rows, int* nearest);

        public abstract void Dispose();
    }

    private sealed class Packed<TWidth, TVector> : Packed
        where TWidth : struct, ISimdWidth<TVector>
        where TVector : struct
    {
        private readonly AlignedBuffer<float> panels;
        private readonly AlignedBuffer<float> offsets;
        private readonly int panelCount;
        private readonly int length;

        public Packed(float* centroids, int count, int paddedLength)
        {
            var width = CentroidTile<TWidth, TVector>.PanelWidth;
            length = paddedLength;
            panelCount = (count + width - 1) / width;
            panels = new AlignedBuffer<float>(checked(panelCount * width * paddedLength));
            offsets = new AlignedBuffer<float>(panelCount * width);
            // What fills up the last panel is nobody's nearest.
            offsets.Span.Fill(float.NegativeInfinity);
            for (var c = 0; c < count; c++)
            {
                var row = centroids + ((nint)c * paddedLength);
                var squares = 0.0;
                var target = panels.Start + ((nint)(c / width) * width * paddedLength) + (c % width);
                for (var d = 0; d < paddedLength; d++)
                {
                    target[(nint)d * width] = row[d];
                    squares += (double)row[d] * row[d];
                }

                offsets[c] = (float)(-squares / 2);
            }
        }

        public override void Find(SampleRows rows, int* nearest)
        {
            var width = CentroidTile<TWidth, TVector>.PanelWidth;
            const int tile = CentroidTile<TWidth, TVector>.Rows;
            var sums = stackalloc float[tile * width];
            var best = stackalloc float[BlockRows * width];
            var bestPanel = stackalloc int[BlockRows * width];
            var pointers = stackalloc float*[tile];
            new Span<float>(best, BlockRows * width).Fill(float.NegativeInfinity);
            new Span<int>(bestPanel, BlockRows * width).Clear();
            for (var p = 0; p < panelCount; p++)
            {
                var panel = panels.Start + ((nint)p * width * length);
                for (var first = 0; first < rows.Count; first += tile)
                {
                    for (var i = 0; i < tile; i++)
                    {
                        pointers[i] = rows[Math.Min(first + i, rows.Count - 1)];
                    }

                    CentroidTile<TWidth, TVector>.Multiply(pointers, panel, offsets.Start + ((nint)p * width), (nuint)length, sums);
                    KeepBest(sums, p, Math.Min(tile, rows.Count - first) * width, best + (first * width), bestPanel + (first * width));
                }
            }

            for (var i = 0; i < rows.Count; i++)
            {
                nearest[i] = Best(best + (i * width), bestPanel + (i * width), width);
            }
        }

        public override void Dispose()
        {
            panels.Dispose();
            offsets.Dispose();
        }

        /// <summary>Lane by lane, so that panels are compared without crossing lanes; the widths are multiples of any register's.</summary>
        private static void KeepBest(float* sums, int panel, int count, float* best, int* bestPanel)
        {
            var number = new Vector<int>(panel);
            for (var i = 0; i < count; i += Vector<float>.Count)
            {
                var sum = Vector.Load(sums + i);
                var held = Vector.Load(best + i);
                var isBetter = Vector.GreaterThan(sum, held);
                Vector.ConditionalSelect(isBetter, sum, held).Store(best + i);
                Vector.ConditionalSelect(isBetter, number, Vector.Load(bestPanel + i)).Store(bestPanel + i);
            }
        }

        private static int Best(float* best, int* bestPanel, int width)
        {
            var nearest = bestPanel[0] * width;
            var largest = best[0];
            for (var lane = 1; lane < width; lane++)
            {
                var centroid = (bestPanel[lane] * width) + lane;
                if (best[lane] > largest || (best[lane] == largest && centroid < nearest))
                {
                    largest = best[lane];
                    nearest = centroid;
                }
            }

            return nearest;
        }
    }
}
