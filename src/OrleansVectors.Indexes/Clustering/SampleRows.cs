using System.Runtime.CompilerServices;

namespace OrleansVectors.Indexes.Clustering;

/// <summary>The rows that a clustering looks at, where they are: padded rows of floats, named by ordinals in some order.</summary>
/// <param name="start">The first byte of row 0.</param>
/// <param name="strideBytes">Bytes from one row to the next.</param>
/// <param name="ordinals">Which rows.</param>
/// <param name="count">How many rows.</param>
internal readonly unsafe struct SampleRows(byte* start, nuint strideBytes, uint* ordinals, int count)
{
    public int Count => count;

    public uint* Ordinals => ordinals;

    public float* this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (float*)(start + (ordinals[index] * strideBytes));
    }

    /// <summary>Part of the same rows.</summary>
    public SampleRows Slice(int from, int length) => new(start, strideBytes, ordinals + from, length);

    /// <summary>Other rows of the same memory.</summary>
    public SampleRows Of(uint* others, int length) => new(start, strideBytes, others, length);
}
