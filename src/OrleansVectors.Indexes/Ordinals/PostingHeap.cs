using System.Numerics;
using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Ordinals;

/// <summary>
/// Native memory in blocks of a power of two bytes, for structures that one writer changes while readers without locks
/// are on them: a block that was unlinked is given out again only after its last reader has left the gate.
/// </summary>
/// <remarks>Blocks never move. Used by the writer alone; readers only follow pointers that the writer has published.</remarks>
public sealed unsafe class PostingHeap : IDisposable
{
    /// <summary>The smallest block, in bytes.</summary>
    public const int BlockBytesMin = 32;

    /// <summary>Addresses reserved, in bytes; memory comes as it is used.</summary>
    private const long BytesMax = 32L << 30;

    private const int Alignment = 64;
    private const int Classes = 48;

    private readonly NativeRegion region;
    private readonly ReaderGate gate;
    private readonly nint[] free = new nint[Classes];
    private readonly Queue<(long Epoch, nint Block, int Class)> retired = new();
    private long usedBytes;

    /// <param name="name">What it is for, in errors.</param>
    /// <param name="gate">Readers are inside while they look.</param>
    /// <exception cref="NativeMemoryException">The system refused the addresses.</exception>
    public PostingHeap(string name, ReaderGate gate)
    {
        region = new NativeRegion(name, BytesMax);
        this.gate = gate;
    }

    /// <summary>Bytes of memory it has taken from the system.</summary>
    public long CommittedBytes => region.CommittedBytes;

    /// <summary>Bytes that a block of at least <paramref name="bytes"/> takes.</summary>
    public static int BlockBytes(int bytes) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(bytes, BlockBytesMin));

    /// <summary>Gives out a zeroed block of <see cref="BlockBytes"/>.</summary>
    /// <exception cref="NativeMemoryException">The system refused.</exception>
    public byte* Allocate(int bytes)
    {
        var size = BlockBytes(bytes);
        var sizeClass = BitOperations.Log2((uint)size);
        if (free[sizeClass] == 0)
        {
            FreeRetired();
        }

        var block = (byte*)free[sizeClass];
        if (block != null)
        {
            free[sizeClass] = *(nint*)block;
            new Span<byte>(block, size).Clear();
            return block;
        }

        var at = size < Alignment ? usedBytes : (usedBytes + Alignment - 1) & ~(Alignment - 1L);
        region.EnsureCommitted(at + size);
        usedBytes = at + size;
        return region.Base + at;
    }

    /// <summary>Takes back a block that no new reader can come to any more.</summary>
    public void Retire(void* block, int bytes)
        => retired.Enqueue((gate.Epoch, (nint)block, BitOperations.Log2((uint)BlockBytes(bytes))));

    /// <summary>Makes blocks usable again whose readers have left. Cheap when there are none.</summary>
    public void FreeRetired()
    {
        while (retired.TryPeek(out var oldest) && gate.HasQuiesced(oldest.Epoch))
        {
            retired.Dequeue();
            *(nint*)oldest.Block = free[oldest.Class];
            free[oldest.Class] = oldest.Block;
        }
    }

    public void Dispose() => region.Dispose();
}
