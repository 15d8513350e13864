using System.Runtime.InteropServices;
using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Errors;

namespace OrleansVectors.Partitions.Rows;

/// <summary>
/// Payload records in native memory, never changed once written, in pages that are used again when none of their records
/// is wanted and no reader can look there any more. One writer, readers without locks.
/// </summary>
/// <remarks>
/// Record, little-endian, on 8-byte boundaries: u64 sequence of the operation that wrote it, i64 the record before it,
/// u32 length, u32 ordinal of the version it belongs to, then the encoded payload. A place of 0 means "no payload", so the
/// first record lies at 8; a place of -S means "no payload, as of sequence S" (a version that was moved keeps so when it
/// was written). A version's newest record is wanted until it is replaced or the version ends; older ones are looked at by
/// readers of earlier moments alone. Pages that are mostly unwanted are emptied by copying what is wanted.
/// </remarks>
internal sealed unsafe class PayloadHeap : IDisposable
{
    /// <summary>Bytes of payload records one partition holds at most.</summary>
    public const long BytesMax = 16L << 30;

    /// <summary>Boundary of records in bytes, and where the first one lies.</summary>
    public const int Alignment = 8;

    /// <summary>Unwanted bytes that are worth no copying, and</summary>
    private const long WasteMin = 1L << 20;

    /// <summary>one byte of this many wanted ones.</summary>
    private const int WasteShare = 6;

    /// <summary>Records that a chain has at most: beyond it a damaged one leads in circles.</summary>
    private const int ChainMax = 1 << 24;

    private readonly byte* _start;
    private readonly PayloadPages _pages = new();
    private readonly List<int> _emptied = [];
    private readonly List<int> _waiting = [];
    private long _waitingEpoch;

    public PayloadHeap()
    {
        // Twice the bound: unwanted records wait for readers, and a page is copied before it is free.
        Region = new NativeRegion("payloads", 2 * BytesMax);
        _start = Region.Base;
    }

    public NativeRegion Region { get; }

    /// <summary>Bytes up to the end of the last record.</summary>
    public long UsedBytes => _pages.UsedBytes;

    /// <summary>Bytes of the pages that hold records, wanted or not. Any thread may ask.</summary>
    public long InUseBytes => (long)_pages.InUse * PayloadPages.PageBytes;

    /// <summary>Bytes of the records that are wanted: a matter of what was written alone, whatever was copied meanwhile.</summary>
    public long LiveBytes => _pages.LiveBytes;

    /// <summary>Bytes that a payload takes with its header.</summary>
    public static long RecordBytes(int length) => (sizeof(Header) + (long)length + Alignment - 1) & ~(Alignment - 1L);

    /// <summary>Writes a record and returns its place.</summary>
    public long Append(ulong sequence, long previous, uint owner, ReadOnlySpan<byte> encoded)
    {
        int bytes = (int)RecordBytes(encoded.Length);
        long offset = _pages.Place(bytes);
        Invariant.Holds(offset + bytes <= Region.ReservedBytes, "a write beyond the payload heap is refused before it changes anything");
        Region.EnsureCommitted(offset + bytes);
        *(Header*)(_start + offset) = new Header { Sequence = sequence, Previous = previous, Length = (uint)encoded.Length, Owner = owner };
        encoded.CopyTo(new Span<byte>(_start + offset + sizeof(Header), encoded.Length));
        Region.MarkDirty(offset, bytes);
        return offset;
    }

    /// <summary>Notes that a version's newest record is not wanted any more, because a newer one takes its place or the version ends.</summary>
    public void Discard(long offset)
    {
        if (offset <= 0)
        {
            return;
        }

        if (_pages.Discard(offset, (int)RecordBytes((int)Record(offset)->Length)))
        {
            _emptied.Add(PayloadPages.PageOf(offset));
        }
    }

    /// <summary>The payload as of a sequence, starting from a point's newest record; empty when it has none.</summary>
    /// <param name="newest">The newest record's place.</param>
    /// <param name="sequence">The reader's sequence.</param>
    /// <param name="version">Sequence of the operation that wrote the record; 0 when there is none.</param>
    public ReadOnlySpan<byte> Read(long newest, ulong sequence, out ulong version)
    {
        for (int steps = 0; newest > 0; steps++)
        {
            Header* header = Record(newest);
            if (header->Sequence <= sequence)
            {
                version = header->Sequence;
                return new ReadOnlySpan<byte>((byte*)header + sizeof(Header), (int)header->Length);
            }

            newest = steps < ChainMax ? header->Previous : throw new PartitionFailedException($"the payload record at {newest} is damaged");
        }

        version = (ulong)-newest;
        return default;
    }

    /// <summary>Frees pages that nobody looks at any more. Between two operations.</summary>
    /// <returns>Whether pages still wait for readers.</returns>
    public bool Reclaim(ReaderGate gate)
    {
        if (_waiting.Count > 0 && gate.HasQuiesced(_waitingEpoch))
        {
            foreach (int page in _waiting)
            {
                _pages.Free(page);
            }

            _waiting.Clear();
            if (Region.CommittedBytes - UsedBytes > Math.Max(WasteMin, UsedBytes / WasteShare))
            {
                Region.Shrink(UsedBytes);
            }
        }

        if (_waiting.Count == 0 && _emptied.Count > 0)
        {
            _waiting.AddRange(_emptied);
            _emptied.Clear();
            _waitingEpoch = gate.Epoch;
        }

        return _waiting.Count > 0;
    }

    /// <summary>Copies what is wanted out of the page that is emptied with the least work, when much is unwanted. Between two operations.</summary>
    /// <returns>Whether something was copied.</returns>
    public bool Compact(PointTable table)
    {
        long spare = Math.Max(WasteMin, LiveBytes / WasteShare);
        long unwanted = _pages.FilledBytes - Filled(_waiting) - Filled(_emptied) - LiveBytes;
        long free = (long)(_pages.Count - _pages.InUse) * PayloadPages.PageBytes;
        int page = unwanted > spare ? _pages.Sparsest() : free > spare ? _pages.MovableEnd() : -1;
        if (page < 0)
        {
            return false;
        }

        long offset = Math.Max(Alignment, (long)page * PayloadPages.PageBytes);
        long end = ((long)page * PayloadPages.PageBytes) + _pages.Filled(page);
        while (offset < end)
        {
            Header* header = Record(offset);
            long bytes = RecordBytes((int)header->Length);
            if (table.IsLive(header->Owner) && table.Payload(header->Owner) == offset)
            {
                ReadOnlySpan<byte> payload = new((byte*)header + sizeof(Header), (int)header->Length);
                table.SetPayload(header->Owner, Append(header->Sequence, header->Previous, header->Owner, payload));
                Discard(offset);
            }

            offset += bytes;
        }

        Invariant.Holds(_pages.Live(page) == 0, "every wanted record of a page has been copied");
        return true;
    }

    /// <summary>What a checkpoint stores of the pages.</summary>
    public ReadOnlyMemory<byte> Save() => _pages.Save();

    /// <summary>Puts the pages back. Their bytes are put in place afterwards.</summary>
    public void Restore(ReadOnlySpan<byte> pages)
    {
        _pages.Restore(pages);
        Region.EnsureCommitted(UsedBytes);
    }

    public void Dispose() => Region.Dispose();

    private long Filled(List<int> heads)
    {
        long bytes = 0;
        foreach (int head in heads)
        {
            bytes += _pages.Filled(head);
        }

        return bytes;
    }

    /// <summary>Records that a recovery mapped are used before they are checked: a damaged one must not lead outside.</summary>
    private Header* Record(long offset)
    {
        long end = Region.CommittedBytes;
        Header* header = (Header*)(_start + offset);
        bool isSound = offset >= Alignment
            && offset + sizeof(Header) <= end
            && offset + sizeof(Header) + (long)header->Length <= end;
        return isSound ? header : throw new PartitionFailedException($"the payload record at {offset} is damaged");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public ulong Sequence;
        public long Previous;
        public uint Length;
        public uint Owner;
    }
}
