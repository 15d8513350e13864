using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansVectors.Numerics.Memory;

/// <summary>A small native array on a 64-byte boundary, zeroed, of fixed length: query copies, scratch, tables.</summary>
/// <typeparam name="T">The element.</typeparam>
/// <remarks>One owner; disposing twice is harmless, using it afterwards is not. The finalizer frees what was forgotten.</remarks>
public sealed unsafe class AlignedBuffer<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Bytes: a cache line and the widest register.</summary>
    public const int Alignment = 64;

    private nint memory;

    /// <summary>Allocates <paramref name="length"/> zeroed elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="OutOfMemoryException">The system has no memory left.</exception>
    public AlignedBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        ByteLength = checked((long)length * sizeof(T));
        var bytes = (nuint)Math.Max(ByteLength, 1);
        memory = (nint)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear((void*)memory, bytes);
        NativeMemoryUse.CountBuffer(ByteLength);
    }

    ~AlignedBuffer() => Free();

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>Bytes.</summary>
    public long ByteLength { get; }

    /// <summary>The first element; null once disposed.</summary>
    public T* Start => (T*)memory;

    /// <summary>The elements as a span; empty once disposed.</summary>
    public Span<T> Span => memory == 0 ? [] : new Span<T>((void*)memory, Length);

    /// <summary>The element at <paramref name="index"/>, unchecked.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref ((T*)memory)[index];
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        var freed = Interlocked.Exchange(ref memory, 0);
        if (freed != 0)
        {
            NativeMemory.AlignedFree((void*)freed);
            NativeMemoryUse.CountBuffer(-ByteLength);
        }
    }
}
