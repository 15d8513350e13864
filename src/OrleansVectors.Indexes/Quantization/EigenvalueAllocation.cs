using OrleansVectors.Indexes.Rotations;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>
/// The rotation that a product quantizer gains most by: vectors are turned to their principal axes, and these are dealt out
/// to the runs of components so that the product of the variances is about the same in each (Ge, He, Ke and Sun, "Optimized
/// product quantization", CVPR 2013, section 3.2: the parametric solution).
/// </summary>
internal static unsafe class EigenvalueAllocation
{
    /// <summary>Rows that the axes are learned from: this many, or so many for each component if that is more.</summary>
    private const int RowsMin = 4_096;

    private const int RowsPerComponent = 4;

    private const int RowsAtOnce = 4;

    /// <summary>What is added to each variance, as a part of their mean: components that never change have axes then.</summary>
    private const double Ridge = 1e-6;

    /// <summary>An axis that keeps less than this part of its length beside those before it is not one of its own.</summary>
    private const float RestMin = 1e-3f;

    /// <summary>Learns the rotation.</summary>
    /// <param name="rows">Vectors.</param>
    /// <param name="sample">Which of them to learn from.</param>
    /// <param name="runLength">Components of a run; the last may have fewer.</param>
    /// <returns>The new base, row by row as <see cref="LearnedRotation"/> takes it.</returns>
    public static float[] Learn(VectorRows rows, ReadOnlySpan<uint> sample, int runLength)
    {
        int dim = rows.Dim, length = rows.PaddedLength;
        using var axes = new AlignedBuffer<float>(checked(dim * length));
        Covariances(rows, sample, axes.Start);
        PlaneRotations.Orthogonalize(axes.Start, dim, length, CancellationToken.None);
        var variances = new double[dim];
        var order = new int[dim];
        for (var i = 0; i < dim; i++)
        {
            variances[i] = Math.Sqrt(PlaneRotations.Product(axes.Start + ((nint)i * length), axes.Start + ((nint)i * length), length));
            order[i] = i;
        }

        Array.Sort(order, (left, right) => variances[right] != variances[left] ? variances[right].CompareTo(variances[left]) : left.CompareTo(right));
        Normalize(axes.Start, order, dim, length);
        var basis = GC.AllocateArray<float>(checked(length * length), pinned: true);
        var place = 0;
        foreach (var axis in Deal(variances, order, runLength))
        {
            new ReadOnlySpan<float>(axes.Start + ((nint)axis * length), length).CopyTo(basis.AsSpan(place++ * length, length));
        }

        return basis;
    }

    /// <summary>The covariance matrix of a part of the sample.</summary>
    private static void Covariances(VectorRows rows, ReadOnlySpan<uint> sample, float* matrix)
    {
        int dim = rows.Dim, length = rows.PaddedLength;
        var step = Math.Max(1, sample.Length / Math.Max(RowsMin, RowsPerComponent * dim));
        var taken = (sample.Length + step - 1) / step;
        var mean = new double[dim];
        for (var i = 0; i < taken; i++)
        {
            var vector = rows.Row(sample[i * step]);
            for (var d = 0; d < dim; d++)
            {
                mean[d] += vector[d] / taken;
            }
        }

        using var centred = new AlignedBuffer<float>(RowsAtOnce * length);
        for (var first = 0; first < taken; first += RowsAtOnce)
        {
            centred.Span.Clear();
            for (var row = first; row < Math.Min(taken, first + RowsAtOnce); row++)
            {
                var vector = rows.Row(sample[row * step]);
                for (var d = 0; d < dim; d++)
                {
                    centred[((row - first) * length) + d] = (float)(vector[d] - mean[d]);
                }
            }

            for (var d = 0; d < dim; d++)
            {
                PlaneRotations.AddOuter(centred.Start, d, matrix + ((nint)d * length), length);
            }
        }

        var trace = 0.0;
        for (var d = 0; d < dim; d++)
        {
            trace += matrix[((nint)d * length) + d];
        }

        // Of equal vectors there is no variance at all, and any axes will do.
        var ridge = trace > 0 ? (float)(Ridge * trace / dim) : 1;
        for (var d = 0; d < dim; d++)
        {
            matrix[((nint)d * length) + d] += ridge;
        }
    }

    /// <summary>
    /// Makes the axes orthogonal to the last bit and of length 1, by Gram and Schmidt, the largest first: those of the
    /// smallest variances are mostly rounding. An axis of which nothing is left becomes a component that is free.
    /// </summary>
    private static void Normalize(float* axes, int[] order, int dim, int length)
    {
        var free = 0;
        for (var i = 0; i < dim; i++)
        {
            var axis = axes + ((nint)order[i] * length);
            while (!TryNormalize(axes, order.AsSpan(0, i), axis, length))
            {
                new Span<float>(axis, length).Clear();
                axis[free++] = 1;
            }
        }
    }

    private static bool TryNormalize(float* axes, ReadOnlySpan<int> before, float* axis, int length)
    {
        if (!Scale(axis, length, 0))
        {
            return false;
        }

        // Twice is enough (Parlett).
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var other in before)
            {
                var along = axes + ((nint)other * length);
                PlaneRotations.AddScaled(along, -(float)PlaneRotations.Product(axis, along, length), axis, length);
            }

            if (!Scale(axis, length, RestMin))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Scale(float* axis, int length, float least)
    {
        var size = Math.Sqrt(PlaneRotations.Product(axis, axis, length));
        if (!(size > least) || !double.IsFinite(size))
        {
            return false;
        }

        for (var d = 0; d < length; d++)
        {
            axis[d] = (float)(axis[d] / size);
        }

        return true;
    }

    /// <summary>Each axis, the largest first, goes to the run that has the smallest product so far and room; the runs one after the other.</summary>
    private static IEnumerable<int> Deal(double[] variances, int[] order, int runLength)
    {
        var dim = order.Length;
        var runs = (dim + runLength - 1) / runLength;
        var dealt = new List<int>[runs];
        var products = new double[runs];
        for (var run = 0; run < runs; run++)
        {
            dealt[run] = [];
        }

        var least = Math.Max(variances[order[^1]], double.Epsilon);
        foreach (var axis in order)
        {
            var best = -1;
            for (var run = 0; run < runs; run++)
            {
                var room = Math.Min(runLength, dim - (run * runLength)) - dealt[run].Count;
                best = room > 0 && (best < 0 || products[run] < products[best]) ? run : best;
            }

            dealt[best].Add(axis);
            products[best] += Math.Log(Math.Max(variances[axis], least) / least);
        }

        return dealt.SelectMany(run => run);
    }
}
