namespace OrleansVectors.Numerics.Kernels;

/// <summary>
/// The distances of one metric at one register width. An index takes the kernel as a struct type parameter, so the JIT
/// compiles its loops for that kernel with every call direct; <see cref="KernelPicker"/> names the type for a metric.
/// </summary>
/// <remarks>
/// Raw pointers: measured 1.2 to 1.3 times faster than spans in these loops. Callers guarantee that every pointer holds as
/// many floats as said. Nothing needs alignment, though rows on 64-byte boundaries are fastest.
/// "Padded" rows are as <see cref="PaddedRows"/> says; a padded query too.
/// </remarks>
public unsafe interface IDistanceKernel
{
    /// <summary>The width this kernel was compiled for.</summary>
    static abstract RegisterWidth Width { get; }

    /// <summary>The distance between two vectors of any length; reads nothing beyond them.</summary>
    static abstract float Distance(float* left, float* right, nuint length);

    /// <summary>The distance between two padded vectors.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    /// <param name="paddedLength">Floats in each, a multiple of <see cref="PaddedRows.FloatsPerBlock"/>.</param>
    static abstract float PaddedDistance(float* left, float* right, nuint paddedLength);

    /// <summary>
    /// The distances from one query to scattered padded rows: row i starts at <c>rows + ordinals[i] * strideBytes</c>.
    /// Rows are prefetched ahead of use.
    /// </summary>
    /// <param name="query">The padded query.</param>
    /// <param name="rows">The start of row 0.</param>
    /// <param name="strideBytes">Bytes from one row to the next.</param>
    /// <param name="paddedLength">Floats in a row, a multiple of <see cref="PaddedRows.FloatsPerBlock"/>.</param>
    /// <param name="ordinals">Which rows.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="distances">Receives <paramref name="count"/> distances.</param>
    static abstract void GatherDistances(
        float* query, byte* rows, nuint strideBytes, nuint paddedLength, uint* ordinals, int count, float* distances);

    /// <summary>The distances from one query to <paramref name="count"/> consecutive padded rows, the first at <paramref name="rows"/>.</summary>
    /// <param name="query">The padded query.</param>
    /// <param name="rows">The start of the first row.</param>
    /// <param name="strideBytes">Bytes from one row to the next.</param>
    /// <param name="paddedLength">Floats in a row, a multiple of <see cref="PaddedRows.FloatsPerBlock"/>.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="distances">Receives <paramref name="count"/> distances.</param>
    static abstract void ScanDistances(
        float* query, byte* rows, nuint strideBytes, nuint paddedLength, int count, float* distances);
}
