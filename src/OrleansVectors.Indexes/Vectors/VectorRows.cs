using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Vectors;

/// <summary>
/// The float32 vectors of one name, by ordinal: one growing native array of rows on 64-byte boundaries, each padded with
/// zeros to whole blocks of 16 floats.
/// </summary>
/// <remarks>
/// Different ordinals may be written by several threads at once; a row is immutable as long as any index reaches it.
/// For <see cref="Numerics.DistanceMetric.Cosine"/> the caller normalises before writing.
/// </remarks>
public sealed unsafe class VectorRows : IDisposable
{
    private readonly byte* start;
    private readonly nuint strideBytes;

    /// <summary>Reserves addresses for <paramref name="capacity"/> rows; memory comes as rows are written.</summary>
    /// <param name="name">What the vectors are called, for errors.</param>
    /// <param name="dim">Components of a vector.</param>
    /// <param name="capacity">The most rows it can ever hold.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dim"/> or <paramref name="capacity"/> is not positive.</exception>
    public VectorRows(string name, int dim, uint capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dim);
        ArgumentOutOfRangeException.ThrowIfZero(capacity);
        Dim = dim;
        Capacity = capacity;
        PaddedLength = PaddedRows.PaddedLength(dim);
        strideBytes = (nuint)PaddedLength * sizeof(float);
        Region = new NativeRegion(name, checked((long)strideBytes * capacity));
        start = Region.Base;
    }

    /// <summary>Components of a vector.</summary>
    public int Dim { get; }

    /// <summary>The most rows it can hold.</summary>
    public uint Capacity { get; }

    /// <summary>Floats from one row to the next: <see cref="Dim"/> rounded up to a multiple of 16.</summary>
    public int PaddedLength { get; }

    /// <summary>Bytes from one row to the next.</summary>
    public int StrideBytes => (int)strideBytes;

    /// <summary>The memory: row i starts at byte i * <see cref="StrideBytes"/>.</summary>
    public NativeRegion Region { get; }

    /// <summary>Bytes of the region that the rows below <paramref name="end"/> take.</summary>
    public long UsedBytes(uint end) => (long)strideBytes * end;

    /// <summary>Writes one row and notes its chunk as dirty.</summary>
    /// <exception cref="ArgumentException">The vector has not <see cref="Dim"/> components.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The ordinal is not below <see cref="Capacity"/>.</exception>
    public void Write(uint ordinal, ReadOnlySpan<float> vector)
    {
        if (vector.Length != Dim)
        {
            throw new ArgumentException($"has {vector.Length} components, {Region.Name} holds {Dim}", nameof(vector));
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, Capacity);
        Region.EnsureCommitted(UsedBytes(ordinal + 1));
        Region.PrepareWrite((long)strideBytes * ordinal, StrideBytes);
        vector.CopyTo(MemoryMarshal.CreateSpan(ref *Row(ordinal), Dim));
        // The padding needs no store: memory arrives zeroed and every vector of these rows ends at the same place.
        Region.MarkDirty((long)strideBytes * ordinal, StrideBytes);
    }

    /// <summary>The start of a row of <see cref="PaddedLength"/> floats. The ordinal must have been written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Row(uint ordinal) => (float*)(start + (ordinal * strideBytes));

    /// <summary>The components of a row that has been written.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No memory has been put behind the row yet.</exception>
    public ReadOnlySpan<float> Vector(uint ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(UsedBytes(ordinal) + StrideBytes, Region.CommittedBytes, nameof(ordinal));
        return new ReadOnlySpan<float>(Row(ordinal), Dim);
    }

    public void Dispose() => Region.Dispose();
}
