using System.Runtime.Intrinsics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>A query as signed bytes on a scale of its own, -127 to 127, for inner products with the numbers of codes.</summary>
internal static unsafe class SignedQuery
{
    private const float Largest = 127;

    /// <summary>Keeps one over a step, and a step times that of a grid times a sum, within the range of float32.</summary>
    private const float StepMin = 1e-30f;

    private const float StepMax = 1e14f;

    /// <summary>Rounds components to signed bytes.</summary>
    /// <returns>What one step is worth.</returns>
    public static float Encode(float* vector, int length, byte* components)
    {
        var largest = LargestSize(vector, length);
        var step = Math.Clamp(largest / Largest, StepMin, StepMax);
        var factor = 1 / step;
        var i = 0;
        for (; i + 16 <= length; i += 16)
        {
            var low = Vector128.Narrow(Four(vector + i, factor), Four(vector + i + 4, factor));
            var high = Vector128.Narrow(Four(vector + i + 8, factor), Four(vector + i + 12, factor));
            Vector128.Narrow(low, high).AsByte().Store(components + i);
        }

        for (; i < length; i++)
        {
            components[i] = (byte)(sbyte)Math.Clamp(MathF.Round(vector[i] * factor), -Largest, Largest);
        }

        return step;
    }

    /// <summary>Makes a query ready for codes on a grid: minus the inner product is minus that with the starts, minus that of the steps.</summary>
    public static void Prepare(float* vector, ComponentGrid grid, CodeQuery* query)
    {
        var step = Encode(vector, grid.Starts.Length, query->Components);
        query->Scale = -step * grid.Step;
        fixed (float* starts = grid.Starts)
        {
            query->Offset = Finite(VectorDistance.Between(
                Numerics.DistanceMetric.Dot, new ReadOnlySpan<float>(vector, grid.Starts.Length), grid.Starts));
        }
    }

    private static float LargestSize(float* vector, int length)
    {
        var sizes = Vector128<float>.Zero;
        var i = 0;
        for (; i + Vector128<float>.Count <= length; i += Vector128<float>.Count)
        {
            sizes = Vector128.Max(sizes, Vector128.Abs(Vector128.Load(vector + i)));
        }

        var largest = Math.Max(Math.Max(sizes[0], sizes[1]), Math.Max(sizes[2], sizes[3]));
        for (; i < length; i++)
        {
            largest = Math.Max(largest, Math.Abs(vector[i]));
        }

        return largest;
    }

    private static Vector128<int> Four(float* vector, float factor)
    {
        var number = Vector128.Round(Vector128.Load(vector) * factor);
        return Vector128.ConvertToInt32(Vector128.Min(Vector128.Max(number, Vector128.Create(-Largest)), Vector128.Create(Largest)));
    }

    private static float Finite(float value) => Math.Clamp(value, -float.MaxValue, float.MaxValue);
}
