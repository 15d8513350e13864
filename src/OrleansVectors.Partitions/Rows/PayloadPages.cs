using System.Runtime.InteropServices;
using OrleansVectors.Partitions.Binary;

namespace OrleansVectors.Partitions.Rows;

/// <summary>
/// Which pages of the payload heap are in use, how far each is filled, and how much of it is still wanted. The applier's
/// thread only.
/// </summary>
/// <remarks>
/// A record lies in one page; one that is larger than a page has a run of pages for itself, of which the first counts for
/// all. Free pages are used again lowest first, so that the end of the heap becomes free.
/// </remarks>
internal sealed class PayloadPages
{
    /// <summary>Bytes of a page: a checkpoint's chunk, so that what is written together is stored together.</summary>
    public const int PageBytes = Numerics.Memory.NativeRegion.ChunkBytes;

    private const int Continuation = -1;

    private readonly List<Page> _pages = [];
    private int _freeFrom;
    private long _usedBytes;

    /// <summary>Pages up to the last one in use.</summary>
    public int Count => _pages.Count;

    /// <summary>Pages that hold records, wanted or not.</summary>
    public int InUse { get; private set; }

    /// <summary>Bytes of records that are wanted.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Bytes of records, wanted or not.</summary>
    public long FilledBytes { get; private set; }

    /// <summary>The page that takes the next record; -1 for none.</summary>
    public int Open { get; private set; } = -1;

    /// <summary>Bytes of the heap up to the end of the last record. Any thread may ask.</summary>
    public long UsedBytes => Interlocked.Read(ref _usedBytes);

    public int Filled(int page) => Math.Max(0, _pages[page].Filled);

    public int Live(int page) => _pages[page].Live;

    public bool IsHead(int page) => _pages[page].Filled > 0;

    /// <summary>Finds a place for a record and counts it as wanted.</summary>
    public long Place(int bytes)
    {
        if (bytes > PageBytes - PayloadHeap.Alignment)
        {
            return Put(Take((bytes + PageBytes - 1) / PageBytes), bytes);
        }

        if (Open < 0 || _pages[Open].Filled + bytes > PageBytes)
        {
            Open = Take(1);
        }

        return Put(Open, bytes);
    }

    /// <summary>Notes that a record is not wanted any more.</summary>
    /// <returns>Whether that was the last of its page, which then takes no more.</returns>
    public bool Discard(long offset, int bytes)
    {
        int page = PageOf(offset);
        Page changed = _pages[page];
        changed.Live -= bytes;
        _pages[page] = changed;
        LiveBytes -= bytes;
        Invariant.Holds(changed.Live >= 0, "no record is discarded twice");
        if (changed.Live > 0)
        {
            return false;
        }

        Open = Open == page ? -1 : Open;
        return true;
    }

    /// <summary>Frees a page and its continuations; nobody looks there any more.</summary>
    public void Free(int page)
    {
        int run = RunOf(page);
        FilledBytes -= Filled(page);
        for (int i = page; i < page + run; i++)
        {
            _pages[i] = default;
        }

        InUse -= run;
        _freeFrom = Math.Min(_freeFrom, page);
        while (Count > 0 && _pages[^1].Filled == 0)
        {
            _pages.RemoveAt(Count - 1);
        }

        NoteEnd();
    }

    /// <summary>Pages of the run that begins at one.</summary>
    public int RunOf(int page) => Math.Max(1, (_pages[page].Filled + PageBytes - 1) / PageBytes);

    /// <summary>The page of which the smallest part is wanted, the open one aside; -1 when all is wanted.</summary>
    public int Sparsest()
    {
        int sparsest = -1;
        double least = 1;
        for (int page = 0; page < Count; page++)
        {
            Page candidate = _pages[page];
            double share = (double)candidate.Live / candidate.Filled;
            if (page != Open && candidate.Live > 0 && candidate.Filled > 0 && share < least)
            {
                least = share;
                sparsest = page;
            }
        }

        return sparsest;
    }

    /// <summary>The last page, when what it holds has room in free pages before it; -1 when it has not.</summary>
    public int MovableEnd()
    {
        int last = LastHead();
        if (last < 0 || Live(last) == 0 || FirstFree(RunOf(last)) >= last)
        {
            return -1;
        }

        Open = Open == last ? -1 : Open;
        return last;
    }

    /// <summary>The last page that begins a record; it holds the end of the heap.</summary>
    public int LastHead()
    {
        int last = Count - 1;
        while (last > 0 && _pages[last].Filled == Continuation)
        {
            last--;
        }

        return last;
    }

    public static int PageOf(long offset) => (int)(offset / PageBytes);

    /// <summary>u64 the open page + 1, u64 pages, then for each i32 bytes filled and i32 bytes wanted.</summary>
    public ReadOnlyMemory<byte> Save()
    {
        ByteWriter writer = new();
        writer.UInt64((ulong)(Open + 1));
        writer.UInt64((ulong)Count);
        foreach (Page page in _pages)
        {
            writer.UInt64((uint)page.Filled | ((ulong)(uint)page.Live << 32));
        }

        return writer.Written;
    }

    /// <summary>Puts back what <see cref="Save"/> gave. Pages without a wanted record are freed: nobody looks there yet.</summary>
    public void Restore(ReadOnlySpan<byte> bytes)
    {
        ByteReader reader = new(bytes);
        Open = (int)reader.UInt64() - 1;
        for (ulong left = reader.UInt64(); left > 0; left--)
        {
            ulong packed = reader.UInt64();
            Page page = new() { Filled = (int)(uint)packed, Live = (int)(packed >> 32) };
            _pages.Add(page);
            InUse += page.Filled != 0 ? 1 : 0;
            LiveBytes += page.Live;
            FilledBytes += Math.Max(0, page.Filled);
        }

        NoteEnd();
        for (int page = Count - 1; page >= 0; page--)
        {
            if (page < Count && IsHead(page) && Live(page) == 0)
            {
                Open = Open == page ? -1 : Open;
                Free(page);
            }
        }
    }

    private long Put(int page, int bytes)
    {
        Page changed = _pages[page];
        long offset = ((long)page * PageBytes) + changed.Filled;
        changed.Filled += bytes;
        changed.Live += bytes;
        _pages[page] = changed;
        LiveBytes += bytes;
        FilledBytes += bytes;
        NoteEnd();
        return offset;
    }

    private int Take(int run)
    {
        int from = FirstFree(run);
        while (Count < from + run)
        {
            _pages.Add(default);
        }

        for (int i = from; i < from + run; i++)
        {
            _pages[i] = new Page { Filled = i == from ? 0 : Continuation };
        }

        InUse += run;
        if (from == 0)
        {
            // Offset 0 means "no record": the heap's first bytes stay unused.
            _pages[0] = new Page { Filled = PayloadHeap.Alignment };
            FilledBytes += PayloadHeap.Alignment;
        }

        return from;
    }

    private int FirstFree(int run)
    {
        while (_freeFrom < Count && _pages[_freeFrom].Filled != 0)
        {
            _freeFrom++;
        }

        // A run may not begin at the heap's first page, whose first bytes stay unused.
        for (int from = run > 1 ? Math.Max(1, _freeFrom) : _freeFrom; from < Count; from++)
        {
            int free = 0;
            while (free < run && (from + free >= Count || _pages[from + free].Filled == 0))
            {
                free++;
            }

            if (free == run)
            {
                return from;
            }

            from += free;
        }

        return run > 1 ? Math.Max(1, Count) : Count;
    }

    private void NoteEnd()
    {
        int last = LastHead();
        Interlocked.Exchange(ref _usedBytes, last < 0 ? 0 : ((long)last * PageBytes) + Filled(last));
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Page
    {
        /// <summary>Bytes from its start that are used, over all its run; 0 for a free page, -1 within a run.</summary>
        public int Filled;

        public int Live;
    }
}
