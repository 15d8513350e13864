using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>
/// Equal steps from a start of its own for each component: one step for all, so that a sum of squared differences of
/// steps is a squared distance, and own starts, so that components about different means waste no steps.
/// </summary>
internal sealed unsafe class ComponentGrid
{
    private const int OrderedRowsMax = 2_048;

    /// <summary>More of a column's extremes than this are found faster by sorting it.</summary>
    private const int SelectedMax = 64;

    /// <summary>Components that share a cache line.</summary>
    private const int ColumnsAtOnce = 16;

    /// <summary>Keeps the square of a step, times the squares of 65,536 components, below the range of float32.</summary>
    private const float StepMax = 1e14f;

    /// <summary>Keeps one over a step within the range of float32.</summary>
    private const float StepMin = 1e-30f;

    /// <summary>How far beyond the steps components may lie on average, in parts of the steps' span.</summary>
    private const float CoveredBeyond = 0.125f;

    private readonly float[] starts;

    private ComponentGrid(float[] starts, int steps, float step)
    {
        this.starts = starts;
        Steps = steps;
        Step = step;
    }

    /// <summary>The largest number of a code component.</summary>
    public int Steps { get; }

    /// <summary>What one step is worth.</summary>
    public float Step { get; }

    /// <summary>In proportion to the length of the difference that rounding makes in a vector.</summary>
    public double Rounding => Step * Math.Sqrt(starts.Length);

    /// <summary>The value of number 0, for each component.</summary>
    public ReadOnlySpan<float> Starts => starts;

    /// <summary>Learns the grid: the middle of each component's range, and the span that holds the quantile of all about their middles.</summary>
    public static ComponentGrid Train(VectorRows rows, ReadOnlySpan<uint> sample, int steps, double quantile)
    {
        var dim = rows.Dim;
        var middles = quantile == 1 ? MiddlesOfRanges(rows, sample) : MiddlesOfQuantiles(rows, sample, quantile);

        // By size class: the upper half of a float orders sizes to within one part in 128, whatever the outliers.
        var classes = new long[1 << 16];
        var largest = 0f;
        var differing = 0L;
        foreach (var ordinal in sample)
        {
            var row = rows.Row(ordinal);
            for (var i = 0; i < dim; i++)
            {
                var size = (float)Math.Abs(row[i] - middles[i]);
                largest = Math.Max(largest, size);
                classes[BitConverter.SingleToUInt32Bits(size) >> 16]++;
                differing += size == 0 ? 0 : 1;
            }
        }

        // Of the components that differ from their middle: where most are zero, the others are what counts.
        var outside = (long)((1 - quantile) * differing);
        var last = classes.Length - 1;
        while (last > 0 && (outside -= classes[last]) >= 0)
        {
            last--;
        }

        var reach = Math.Min((double)largest, BitConverter.UInt32BitsToSingle(((uint)last << 16) | 0xFFFF));
        var step = reach == 0 ? 1f : (float)Math.Clamp(2 * reach / steps, StepMin, StepMax);
        var starts = new float[dim];
        for (var i = 0; i < dim; i++)
        {
            starts[i] = (float)Math.Clamp(middles[i] - (step * steps / 2.0), -float.MaxValue, float.MaxValue);
        }

        return new ComponentGrid(starts, steps, step);
    }

    public static ComponentGrid Load(ref StateReader reader, int length, int steps)
    {
        var step = reader.Positive("step");
        QuantizerStateException.ThrowUnless(step is >= StepMin and <= StepMax, "step", step, StepMax);
        var starts = new float[length];
        reader.Floats("starts", starts);
        return new ComponentGrid(starts, steps, step);
    }

    public void Save(StateWriter writer)
    {
        writer.Float(Step);
        writer.Floats(starts);
    }

    /// <summary>The nearest number of each component, refined: there are <paramref name="finer"/> numbers to a step.</summary>
    /// <param name="vector">The components.</param>
    /// <param name="numbers">Receives as many bytes, at most <paramref name="largest"/> each.</param>
    /// <param name="finer">1 for codes; more for queries.</param>
    /// <param name="largest">The largest number.</param>
    public void Encode(float* vector, byte* numbers, int finer, int largest)
    {
        var factor = finer / Step;
        var dim = starts.Length;
        var i = 0;
        fixed (float* from = starts)
        {
            var factors = Vector128.Create(factor);
            var limit = Vector128.Create((float)largest);
            for (; i + 16 <= dim; i += 16)
            {
                var low = Vector128.Narrow(Four(vector + i, from + i, factors, limit), Four(vector + i + 4, from + i + 4, factors, limit));
                var high = Vector128.Narrow(Four(vector + i + 8, from + i + 8, factors, limit), Four(vector + i + 12, from + i + 12, factors, limit));
                Vector128.Narrow(low, high).Store(numbers + i);
            }

            for (; i < dim; i++)
            {
                numbers[i] = (byte)Math.Min(Math.Max(((vector[i] - from[i]) * factor) + 0.5f, 0), largest);
            }
        }
    }

    /// <summary>Whether what lies outside of the steps is little: an eighth of their span, as a root mean square.</summary>
    public bool Covers(float* vector)
    {
        var dim = starts.Length;
        var span = Step * Steps;
        var outside = 0f;
        var i = 0;
        fixed (float* from = starts)
        {
            var sums = Vector128<float>.Zero;
            var spans = Vector128.Create(span);
            for (; i + 4 <= dim; i += 4)
            {
                var above = Vector128.Load(vector + i) - Vector128.Load(from + i);
                var beyond = Vector128.Max(Vector128.Max(above - spans, -above), Vector128<float>.Zero);
                sums += beyond * beyond;
            }

            outside = Vector128.Sum(sums);
            for (; i < dim; i++)
            {
                var above = vector[i] - from[i];
                var beyond = Math.Max(Math.Max(above - span, -above), 0);
                outside += beyond * beyond;
            }
        }

        return outside <= dim * (span * CoveredBeyond) * (span * CoveredBeyond);
    }

    /// <summary>The value of each number.</summary>
    public void Decode(byte* numbers, float* vector)
    {
        var i = 0;
        fixed (float* from = starts)
        {
            for (; i + 4 <= starts.Length; i += 4)
            {
                var number = Vector128.ConvertToSingle(Vector128.Create((int)numbers[i], numbers[i + 1], numbers[i + 2], numbers[i + 3]));
                (Vector128.Load(from + i) + (number * Step)).Store(vector + i);
            }
        }

        for (; i < starts.Length; i++)
        {
            vector[i] = starts[i] + (numbers[i] * Step);
        }
    }

    /// <summary>How a sum of differences of numbers becomes a distance, for all metrics but dot.</summary>
    public void Scale(DistanceMetric metric, int finer, CodeQuery* query)
    {
        var step = Step / finer;
        (query->Scale, query->Offset) = metric switch
        {
            DistanceMetric.Euclidean => (step * step, 0f),
            // Of vectors of length 1, half the squared difference is 1 minus the cosine.
            DistanceMetric.Cosine => (step * step / 2, -1f),
            _ => (step, 0f),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Four(float* vector, float* from, Vector128<float> factors, Vector128<float> limit)
    {
        var number = ((Vector128.Load(vector) - Vector128.Load(from)) * factors) + Vector128.Create(0.5f);
        return Vector128.ConvertToInt32(Vector128.Min(Vector128.Max(number, Vector128<float>.Zero), limit)).AsUInt32();
    }

    private static double[] MiddlesOfRanges(VectorRows rows, ReadOnlySpan<uint> sample)
    {
        var dim = rows.Dim;
        var smallest = new float[dim];
        var largest = new float[dim];
        rows.Vector(sample[0]).CopyTo(smallest);
        rows.Vector(sample[0]).CopyTo(largest);
        foreach (var ordinal in sample)
        {
            var row = rows.Row(ordinal);
            for (var i = 0; i < dim; i++)
            {
                smallest[i] = Math.Min(smallest[i], row[i]);
                largest[i] = Math.Max(largest[i], row[i]);
            }
        }

        var middles = new double[dim];
        for (var i = 0; i < dim; i++)
        {
            middles[i] = ((double)smallest[i] + largest[i]) / 2;
        }

        return middles;
    }

    /// <summary>The middle between what lies as many places from the smallest as from the largest.</summary>
    private static double[] MiddlesOfQuantiles(VectorRows rows, ReadOnlySpan<uint> sample, double quantile)
    {
        var dim = rows.Dim;
        var step = (sample.Length + OrderedRowsMax - 1) / OrderedRowsMax;
        var count = (sample.Length + step - 1) / step;
        var kept = (int)((1 - quantile) / 2 * count) + 1;
        var columns = new float[ColumnsAtOnce * count];
        var smallest = new float[kept];
        var negatedLargest = new float[kept];
        var middles = new double[dim];
        for (var first = 0; first < dim; first += ColumnsAtOnce)
        {
            // A row's cache line at a time.
            var width = Math.Min(ColumnsAtOnce, dim - first);
            for (var j = 0; j < count; j++)
            {
                var row = rows.Row(sample[j * step]) + first;
                for (var i = 0; i < width; i++)
                {
                    columns[(i * count) + j] = row[i];
                }
            }

            for (var i = 0; i < width; i++)
            {
                var (low, high) = Extremes(columns.AsSpan(i * count, count), smallest, negatedLargest);
                middles[first + i] = ((double)low + high) / 2;
            }
        }

        return middles;
    }

    /// <summary>The number that has so many smaller ones, and the one that has as many larger ones, as the spans have room for but one.</summary>
    private static (float Low, float High) Extremes(Span<float> numbers, Span<float> smallest, Span<float> negatedLargest)
    {
        if (smallest.Length > SelectedMax)
        {
            numbers.Sort();
            return (numbers[smallest.Length - 1], numbers[^smallest.Length]);
        }

        smallest.Fill(float.PositiveInfinity);
        negatedLargest.Fill(float.PositiveInfinity);
        foreach (var number in numbers)
        {
            Keep(smallest, number);
            Keep(negatedLargest, -number);
        }

        return (smallest[^1], -negatedLargest[^1]);
    }

    /// <summary>Puts a number in its place among the smallest so far, which are in order.</summary>
    private static void Keep(Span<float> smallest, float number)
    {
        var place = smallest.Length - 1;
        if (!(number < smallest[place]))
        {
            return;
        }

        for (; place > 0 && number < smallest[place - 1]; place--)
        {
            smallest[place] = smallest[place - 1];
        }

        smallest[place] = number;
    }
}
