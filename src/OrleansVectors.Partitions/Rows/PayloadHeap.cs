using System.Runtime.InteropServices;
using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Errors;

namespace OrleansVectors.Partitions.Rows;

/// <summary>
/// Payload records one behind the other in native memory, never changed once written. One writer, readers without locks.
/// </summary>
/// <remarks>
/// Record, little-endian, on 8-byte boundaries: u64 sequence of the operation that wrote it, i64 offset of the record
/// before it (0 for none), u32 length, u32 zero, then the encoded payload. Offset 0 means "no payload", so the first
/// record lies at 8.
/// </remarks>
internal sealed unsafe class PayloadHeap : IDisposable
{
    /// <summary>Bytes of payload records one partition holds at most.</summary>
    public const long BytesMax = 16L << 30;

    private const int Alignment = 8;

    private readonly byte* _start;

    public PayloadHeap()
    {
        Region = new NativeRegion("payloads", BytesMax);
        Region.EnsureCommitted(Alignment); // the bytes before the first record are in use from the start
        _start = Region.Base;
    }

    public NativeRegion Region { get; }

    /// <summary>Bytes in use; also where the next record goes.</summary>
    public long UsedBytes { get; set; } = Alignment;

    /// <summary>Bytes that a payload takes with its header.</summary>
    public static long RecordBytes(int length) => (sizeof(Header) + (long)length + Alignment - 1) & ~(Alignment - 1L);

    /// <summary>Writes a record and returns its offset.</summary>
    public long Append(ulong sequence, long previous, ReadOnlySpan<byte> encoded)
    {
        long offset = UsedBytes;
        long bytes = RecordBytes(encoded.Length);
        Invariant.Holds(offset + bytes <= BytesMax, "a write beyond the payload heap is refused before it changes anything");
        Region.EnsureCommitted(offset + bytes);
        *(Header*)(_start + offset) = new Header { Sequence = sequence, Previous = previous, Length = (uint)encoded.Length };
        encoded.CopyTo(new Span<byte>(_start + offset + sizeof(Header), encoded.Length));
        Region.MarkDirty(offset, bytes);
        UsedBytes = offset + bytes;
        return offset;
    }

    /// <summary>The payload as of a sequence, starting from a point's newest record; empty when it has none.</summary>
    /// <param name="newest">The newest record's offset, or 0.</param>
    /// <param name="sequence">The reader's sequence.</param>
    /// <param name="version">Sequence of the operation that wrote the record; 0 when there is none.</param>
    public ReadOnlySpan<byte> Read(long newest, ulong sequence, out ulong version)
    {
        while (newest != 0)
        {
            Header* header = Record(newest);
            if (header->Sequence <= sequence)
            {
                version = header->Sequence;
                return new ReadOnlySpan<byte>((byte*)header + sizeof(Header), (int)header->Length);
            }

            newest = header->Previous;
        }

        version = 0;
        return default;
    }

    public void Dispose() => Region.Dispose();

    /// <summary>Records that a recovery mapped are used before they are checked: a damaged one must not lead outside.</summary>
    private Header* Record(long offset)
    {
        long end = Region.CommittedBytes;
        Header* header = (Header*)(_start + offset);
        bool isSound = offset >= Alignment
            && offset + sizeof(Header) <= end
            && offset + sizeof(Header) + (long)header->Length <= end
            && header->Previous < offset;
        return isSound ? header : throw new PartitionFailedException($"the payload record at {offset} is damaged");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public ulong Sequence;
        public long Previous;
        public uint Length;
        private readonly uint _zero;
    }
}
