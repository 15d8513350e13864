using OrleansVectors.Indexes.Rotations;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>A <see cref="ProductCodebook"/> of rotated vectors, where a rotation makes rounding cost less.</summary>
/// <param name="Codebook">The centroids.</param>
/// <param name="Axes">The base they are in, pinned, row by row as <see cref="LearnedRotation"/> takes it; null for the vectors' own.</param>
internal sealed unsafe record RotatedCodebook(ProductCodebook Codebook, float[]? Axes)
{
    /// <summary>
    /// Learns both. Few components to a run cannot even out variances that differ by much (images of 784 components by
    /// twos): then the vectors stay as they are.
    /// </summary>
    public static RotatedCodebook Train(DistanceMetric metric, VectorRows rows, ReadOnlySpan<uint> sample, int runLength, ulong seed)
    {
        var axes = EigenvalueAllocation.Learn(rows, sample, runLength);
        using var rotated = new VectorRows("rotated sample", rows.Dim, (uint)sample.Length);
        using var vector = new AlignedBuffer<float>(rows.PaddedLength);
        var all = new uint[sample.Length];
        fixed (float* basis = axes)
        {
            var rotation = new LearnedRotation(basis, rows.PaddedLength);
            for (uint i = 0; i < all.Length; i++)
            {
                rotation.Rotate(rows.Row(sample[(int)i]), vector.Start);
                rotated.Write(i, vector.Span[..rows.Dim]);
                all[i] = i;
            }
        }

        var plain = ProductCodebook.Train(metric, rows, sample, runLength, seed);
        var turned = ProductCodebook.Train(metric, rotated, all, runLength, seed);
        return turned.Loss(metric, rotated, all) < plain.Loss(metric, rows, sample) ? new(turned, axes) : new(plain, null);
    }
}
