namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>
/// The integer sums of one <see cref="CodeDistance"/> at one register width. As with <see cref="IDistanceKernel"/> an
/// index takes the kernel as a struct type parameter; <see cref="CodeKernelPicker"/> names the type.
/// </summary>
/// <remarks>
/// Codes and queries are laid out as <see cref="CodeBlocks"/> says; callers guarantee the memory. A sum fits 32 bits up to
/// 65,536 bytes of code a row: 65,536 * 127^2 &lt; 2^31.
/// </remarks>
public unsafe interface ICodeKernel
{
    /// <summary>The width this kernel was compiled for.</summary>
    static abstract RegisterWidth Width { get; }

    /// <summary>Components in a byte of code: 1, 2, 4 or 8.</summary>
    static abstract int Parts { get; }

    /// <summary>The sum for one code.</summary>
    /// <param name="query">The query: <paramref name="codeBytes"/> times <see cref="Parts"/> bytes.</param>
    /// <param name="code">The code.</param>
    /// <param name="codeBytes">Bytes of the code, a multiple of <see cref="CodeBlocks.Bytes"/>.</param>
    static abstract int Sum(byte* query, byte* code, nuint codeBytes);

    /// <summary>The sums for scattered codes: code i starts at <c>codes + ordinals[i] * strideBytes</c>. Codes are prefetched ahead of use.</summary>
    /// <param name="query">The query.</param>
    /// <param name="codes">The start of code 0.</param>
    /// <param name="strideBytes">Bytes from one code to the next.</param>
    /// <param name="codeBytes">Bytes of a code, a multiple of <see cref="CodeBlocks.Bytes"/>.</param>
    /// <param name="ordinals">Which codes.</param>
    /// <param name="count">How many.</param>
    /// <param name="sums">Receives <paramref name="count"/> sums.</param>
    static abstract void Gather(
        byte* query, byte* codes, nuint strideBytes, nuint codeBytes, uint* ordinals, int count, int* sums);

    /// <summary>The sums for <paramref name="count"/> consecutive codes, the first at <paramref name="codes"/>.</summary>
    /// <param name="query">The query.</param>
    /// <param name="codes">The start of the first code.</param>
    /// <param name="strideBytes">Bytes from one code to the next.</param>
    /// <param name="codeBytes">Bytes of a code, a multiple of <see cref="CodeBlocks.Bytes"/>.</param>
    /// <param name="count">How many.</param>
    /// <param name="sums">Receives <paramref name="count"/> sums.</param>
    static abstract void Scan(byte* query, byte* codes, nuint strideBytes, nuint codeBytes, int count, int* sums);
}
