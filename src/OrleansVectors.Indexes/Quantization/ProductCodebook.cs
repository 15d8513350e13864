using System.Runtime.Intrinsics;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Sixteen centroids for each of several runs of components (Jegou et al., "Product quantization", 2011).</summary>
/// <remarks>
/// The centroids of a run lie component by component, sixteen floats of one component together: one register compares a
/// vector's component with all sixteen.
/// </remarks>
internal sealed unsafe class ProductCodebook
{
    /// <summary>Centroids of a run: what four bits tell apart.</summary>
    public const int Centroids = 16;

    private const int Iterations = 8;
    private const int RowsMax = 4_096;

    private readonly float[] centroids;

    private ProductCodebook(int dim, int runLength, float[] centroids)
    {
        Dim = dim;
        RunLength = runLength;
        Runs = (dim + runLength - 1) / runLength;
        this.centroids = centroids;
    }

    public int Dim { get; }

    /// <summary>Components of a run; the last may have fewer.</summary>
    public int RunLength { get; }

    public int Runs { get; }

    /// <summary>Learns the centroids by k-means; rows of the sample are the first ones.</summary>
    public static ProductCodebook Train(DistanceMetric metric, VectorRows rows, ReadOnlySpan<uint> sample, int runLength, ulong seed)
    {
        var codebook = new ProductCodebook(rows.Dim, runLength, new float[rows.Dim * Centroids]);
        var taken = Part(sample);
        var random = new SeededRandom(seed);
        for (var run = 0; run < codebook.Runs; run++)
        {
            codebook.TrainRun(LossOf(metric), rows, taken, run, ref random);
        }

        return codebook;
    }

    public static ProductCodebook Load(ref StateReader reader, float sizeMax)
    {
        var runLength = reader.Int32();
        QuantizerStateException.ThrowUnless(runLength > 0 && runLength <= reader.Dim, "components of a run", runLength, reader.Dim);
        var centroids = new float[reader.Dim * Centroids];
        reader.Floats("centroids", centroids, sizeMax);
        return new ProductCodebook(reader.Dim, runLength, centroids);
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(RunLength);
        writer.Floats(centroids);
    }

    /// <summary>The nearest centroid of each run. Inner products and cosines too are kept best by the nearest one.</summary>
    public void Encode(DistanceMetric metric, float* vector, byte* numbers)
    {
        var table = stackalloc float[Centroids];
        for (var run = 0; run < Runs; run++)
        {
            FillTable(LossOf(metric), vector + (run * RunLength), run, table);
            numbers[run] = Nearest(table);
        }
    }

    public void Decode(byte* numbers, float* vector)
    {
        for (var i = 0; i < Dim; i++)
        {
            vector[i] = centroids[(i * Centroids) + numbers[i / RunLength]];
        }
    }

    /// <summary>The distances of a run of components from its sixteen centroids.</summary>
    /// <param name="metric">Which distance; a cosine as half the squared difference.</param>
    /// <param name="components">The components of the run.</param>
    /// <param name="run">Which run.</param>
    /// <param name="table">Receives sixteen distances.</param>
    public void FillTable(DistanceMetric metric, float* components, int run, float* table)
    {
        var first = run * RunLength;
        var count = Math.Min(RunLength, Dim - first);
        var sum = Vector512<float>.Zero;
        fixed (float* of = &centroids[first * Centroids])
        {
            for (var i = 0; i < count; i++)
            {
                var component = Vector512.Create(components[i]);
                var values = Vector512.Load(of + (i * Centroids));
                switch (metric)
                {
                    case DistanceMetric.Dot:
                        sum -= component * values;
                        break;
                    case DistanceMetric.Manhattan:
                        sum += Vector512.Abs(component - values);
                        break;
                    default:
                        var difference = component - values;
                        sum += difference * difference;
                        break;
                }
            }
        }

        (metric == DistanceMetric.Cosine ? sum * 0.5f : sum).Store(table);
    }

    /// <summary>What rounding costs the vectors it is learned from, all together.</summary>
    public double Loss(DistanceMetric metric, VectorRows rows, ReadOnlySpan<uint> sample)
    {
        var table = stackalloc float[Centroids];
        var loss = 0.0;
        foreach (var ordinal in Part(sample))
        {
            for (var run = 0; run < Runs; run++)
            {
                FillTable(LossOf(metric), rows.Row(ordinal) + (run * RunLength), run, table);
                loss += table[Nearest(table)];
            }
        }

        return loss;
    }

    private static uint[] Part(ReadOnlySpan<uint> sample)
    {
        var step = (sample.Length + RowsMax - 1) / RowsMax;
        var taken = new uint[(sample.Length + step - 1) / step];
        for (var i = 0; i < taken.Length; i++)
        {
            taken[i] = sample[i * step];
        }

        return taken;
    }

    /// <summary>What rounding to a centroid costs.</summary>
    private static DistanceMetric LossOf(DistanceMetric metric) =>
        metric == DistanceMetric.Manhattan ? DistanceMetric.Manhattan : DistanceMetric.Euclidean;

    private static byte Nearest(float* table)
    {
        var nearest = 0;
        for (var i = 1; i < Centroids; i++)
        {
            nearest = table[i] < table[nearest] ? i : nearest;
        }

        return (byte)nearest;
    }

    private void TrainRun(DistanceMetric loss, VectorRows rows, uint[] taken, int run, ref SeededRandom random)
    {
        var first = run * RunLength;
        var count = Math.Min(RunLength, Dim - first);
        for (var c = 0; c < Centroids; c++)
        {
            Place(c, rows.Row(taken[random.Below(taken.Length)]) + first, first, count);
        }

        var sums = new double[count * Centroids];
        var members = new int[Centroids];
        var table = stackalloc float[Centroids];
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            Array.Clear(sums);
            Array.Clear(members);
            uint farthest = taken[0];
            var farthestLoss = 0f;
            foreach (var ordinal in taken)
            {
                var components = rows.Row(ordinal) + first;
                FillTable(loss, components, run, table);
                var nearest = Nearest(table);
                members[nearest]++;
                for (var i = 0; i < count; i++)
                {
                    sums[(i * Centroids) + nearest] += components[i];
                }

                if (table[nearest] > farthestLoss)
                {
                    (farthest, farthestLoss) = (ordinal, table[nearest]);
                }
            }

            for (var c = 0; c < Centroids; c++)
            {
                if (members[c] > 0)
                {
                    for (var i = 0; i < count; i++)
                    {
                        centroids[((first + i) * Centroids) + c] = (float)(sums[(i * Centroids) + c] / members[c]);
                    }
                }
                else if (farthestLoss > 0)
                {
                    // Nobody's: it goes where the loss is largest, once in an iteration.
                    Place(c, rows.Row(farthest) + first, first, count);
                    farthestLoss = 0;
                }
            }
        }
    }

    private void Place(int centroid, float* components, int first, int count)
    {
        for (var i = 0; i < count; i++)
        {
            centroids[((first + i) * Centroids) + centroid] = components[i];
        }
    }
}
