using System.Buffers;
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
        var largest = 0f;
        for (var i = 0; i < length; i++)
        {
            largest = Math.Max(largest, Math.Abs(vector[i]));
        }

        var step = Math.Clamp(largest / Largest, StepMin, StepMax);
        var factor = 1 / step;
        for (var i = 0; i < length; i++)
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

    /// <summary>As <see cref="Quantizer.PrepareQuery"/> for the vector that a stored code stands for.</summary>
    public static void PrepareDecoded(Quantizer quantizer, byte* code, byte* context)
    {
        var padded = PaddedRows.PaddedLength(quantizer.Dim);
        var rented = ArrayPool<float>.Shared.Rent(padded);
        rented.AsSpan(quantizer.Dim, padded - quantizer.Dim).Clear();
        quantizer.Decode(new ReadOnlySpan<byte>(code, quantizer.CodeBytes), rented.AsSpan(0, quantizer.Dim));
        fixed (float* vector = rented)
        {
            quantizer.PrepareQuery(vector, context);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private static float Finite(float value) => Math.Clamp(value, -float.MaxValue, float.MaxValue);
}
