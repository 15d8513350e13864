using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Rotations;

/// <summary>A rotation given as a matrix: as many multiplications as the vector has components, squared.</summary>
/// <remarks>The rows are the new base, padded as vectors are, so that a rotated component is an inner product.</remarks>
/// <param name="rows">As many rows as components, one after the other; they must outlive the rotation.</param>
/// <param name="paddedLength">Components of a row, a multiple of 16; what pads vectors is rotated into zeros again.</param>
internal sealed unsafe class LearnedRotation(float* rows, int paddedLength) : Rotation
{
    /// <summary>The longest vectors: the matrix has 16 MiB, and a query is rotated in half a millisecond.</summary>
    public const int DimMax = 2_048;

    public override void Rotate(float* source, float* target)
    {
        var rotated = stackalloc float[paddedLength];
        KernelPicker.Pick<Products, bool>(DistanceMetric.Dot, new Products(source, rows, paddedLength, rotated));
        for (var i = 0; i < paddedLength; i++)
        {
            target[i] = -rotated[i];
        }
    }

    public override void RotateBack(float* vector)
    {
        var sum = stackalloc float[paddedLength];
        var total = new Span<float>(sum, paddedLength);
        total.Clear();
        for (var i = 0; i < paddedLength; i++)
        {
            PlaneRotations.AddScaled(rows + ((nint)i * paddedLength), vector[i], sum, paddedLength);
        }

        total.CopyTo(new Span<float>(vector, paddedLength));
    }

    /// <summary>A kernel's distances are minus the products.</summary>
    private readonly struct Products(float* source, float* rows, int paddedLength, float* products) : IKernelConsumer<bool>
    {
        public bool Use<TKernel>()
            where TKernel : struct, IDistanceKernel
        {
            var length = (nuint)paddedLength;
            TKernel.ScanDistances(source, (byte*)rows, length * sizeof(float), length, paddedLength, products);
            return true;
        }
    }
}
