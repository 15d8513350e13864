namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>The distances of one metric from a float32 query to rows of bfloat16, at one register width.</summary>
/// <remarks>Rows are as <see cref="BFloat16Rows"/> says, the query padded with zeros to the same length.</remarks>
public unsafe interface IBFloat16Kernel
{
    /// <summary>The width this kernel was compiled for.</summary>
    static abstract RegisterWidth Width { get; }

    /// <summary>The distance to one row.</summary>
    /// <param name="query">The query.</param>
    /// <param name="row">The row.</param>
    /// <param name="paddedLength">Components of each, a multiple of <see cref="BFloat16Rows.ComponentsPerBlock"/>.</param>
    static abstract float Distance(float* query, byte* row, nuint paddedLength);

    /// <summary>As <see cref="IDistanceKernel.GatherDistances"/>.</summary>
    static abstract void Gather(
        float* query, byte* rows, nuint strideBytes, nuint paddedLength, uint* ordinals, int count, float* distances);

    /// <summary>As <see cref="IDistanceKernel.ScanDistances"/>.</summary>
    static abstract void Scan(float* query, byte* rows, nuint strideBytes, nuint paddedLength, int count, float* distances);
}
