using System.Runtime.CompilerServices;
using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// The lists: chains of blocks of entries, and where the entry of each ordinal is.
/// </summary>
/// <remarks>
/// The protocol:
/// <list type="number">
/// <item>A slot of a block is written once: code and numbers first, then the ordinal (release). Removing an entry stores
/// <see cref="BlockLayout.None"/> over its ordinal and nothing else, and the slot is not used again. So whoever read an
/// ordinal (acquire) may read its code, even if the entry is removed meanwhile.</item>
/// <item>A block is linked when it is ready, by one store.</item>
/// <item>A list in which too many slots are dead is swept: its live entries are copied to a new chain, and one store of
/// <see cref="ListHead.First"/> puts it in the place of the old one. Readers that are on the old chain see all entries that
/// were there when they came; the others see the new one. Nobody sees an entry twice, or misses one that stays.</item>
/// <item>The old chain goes to the <see cref="BlockPool"/>, which waits for its readers.</item>
/// <item>Writers of one list exclude each other by its byte lock, held for microseconds (a sweep: for as long as copying
/// the list takes). Readers take no lock.</item>
/// </list>
/// </remarks>
internal sealed unsafe class InvertedLists : IDisposable
{
    /// <summary>Dead slots that no list is swept for.</summary>
    private const int DeadMin = BlockLayout.Entries;

    /// <summary>A list is swept when more than one in so many of its slots is dead.</summary>
    private const int DeadShare = 5;

    private const int LocationBytes = sizeof(uint);

    private readonly NativeRegion heads;
    private readonly NativeRegion blocks;
    private readonly NativeRegion locations;
    private readonly NativeRegion locks;
    private readonly ListCodes? codes;
    private long live;
    private long ordinalsEnd;

    public InvertedLists(uint capacity, int listsMax, ListCodes? codes, ReaderGate gate)
    {
        this.codes = codes;
        Layout = new BlockLayout(codes?.BlockBytes ?? 0);

        // Addresses for every entry, for a sweep's copies and chains that wait for readers, and a last block for each
        // list that is nearly empty, twice. Blocks are told from their ordinals' 32-bit places, hence the other bound.
        BlocksMax = Math.Min((3L * capacity / BlockLayout.Entries) + (2L * listsMax) + 64, uint.MaxValue / BlockLayout.Entries);
        heads = new NativeRegion("ivf lists", (long)ListHead.SizeBytes * listsMax);
        blocks = new NativeRegion("ivf blocks", Layout.Bytes * BlocksMax);
        locations = new NativeRegion("ivf locations", (long)LocationBytes * capacity);
        locks = new NativeRegion("ivf locks", listsMax);
        Pool = new BlockPool(blocks, Layout.Bytes, gate);
    }

    public BlockLayout Layout { get; }

    public BlockPool Pool { get; }

    /// <summary>The most blocks there is room for.</summary>
    public long BlocksMax { get; }

    /// <summary>How many lists there are.</summary>
    public int Count { get; private set; }

    /// <summary>Entries in all lists.</summary>
    public long Live => Interlocked.Read(ref live);

    /// <summary>One more than the largest ordinal that ever was in a list.</summary>
    public uint OrdinalsEnd => (uint)Interlocked.Read(ref ordinalsEnd);

    public ListHead* Heads => (ListHead*)heads.Base;

    public NativeRegion HeadsRegion => heads;

    public NativeRegion BlocksRegion => blocks;

    public NativeRegion LocationsRegion => locations;

    public long HeadsBytes => (long)ListHead.SizeBytes * Count;

    public long BlocksBytes => (long)Layout.Bytes * Pool.BlocksEnd;

    public long LocationsBytes => (long)LocationBytes * OrdinalsEnd;

    private uint* Locations => (uint*)locations.Base;

    /// <summary>Makes the lists, all empty.</summary>
    public void Create(int count)
    {
        heads.EnsureCommitted((long)ListHead.SizeBytes * count);
        locks.EnsureCommitted(count);
        for (var list = 0; list < count; list++)
        {
            Heads[list] = new ListHead { First = BlockLayout.None, Last = BlockLayout.None };
        }

        heads.MarkDirty(0, (long)ListHead.SizeBytes * count);
        Count = count;
    }

    /// <summary>Takes over stored lists whose contents are, or will be, in their places.</summary>
    public void Restore(int count, uint storedOrdinalsEnd, long storedLive, uint blocksEnd, ReadOnlySpan<uint> freeChains)
    {
        Count = count;
        ordinalsEnd = storedOrdinalsEnd;
        live = storedLive;
        Pool.Restore(blocksEnd, freeChains);
        heads.EnsureCommitted(HeadsBytes);
        blocks.EnsureCommitted(BlocksBytes);
        locations.EnsureCommitted(LocationsBytes);
        locks.EnsureCommitted(count);
    }

    public bool Contains(uint ordinal) => ordinal < OrdinalsEnd && Volatile.Read(ref Locations[ordinal]) != 0;

    /// <summary>The first block of a list, for a reader.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint First(uint list) => Volatile.Read(ref Heads[list].First);

    /// <summary>Adds an entry to a list.</summary>
    /// <exception cref="InvalidOperationException">The ordinal is in a list already.</exception>
    public void Append(uint list, uint ordinal, float offset, float factor, byte* columns)
    {
        locations.EnsureCommitted(LocationBytes * (ordinal + 1L));
        Lock(list);
        try
        {
            if (Volatile.Read(ref Locations[ordinal]) != 0)
            {
                throw new InvalidOperationException($"ordinal {ordinal} is in the index already");
            }

            ref var head = ref Heads[list];
            var block = head.Last;
            if (block == BlockLayout.None || BlockLayout.Used(Pool.At(block)) == BlockLayout.Entries)
            {
                block = Pool.Take(list);
                Pool.MarkDirty(block);
                if (head.Last == BlockLayout.None)
                {
                    Volatile.Write(ref head.First, block);
                }
                else
                {
                    Volatile.Write(ref BlockLayout.Next(Pool.At(head.Last)), block);
                    Pool.MarkDirty(head.Last);
                }

                head.Last = block;
            }

            Place(block, ordinal, offset, factor, columns);
            head.Live++;
            MarkHead(list);
        }
        finally
        {
            Unlock(list);
        }

        Interlocked.Increment(ref live);
        var end = Interlocked.Read(ref ordinalsEnd);
        while (end <= ordinal)
        {
            end = Interlocked.CompareExchange(ref ordinalsEnd, ordinal + 1L, end) == end ? ordinal + 1L : Interlocked.Read(ref ordinalsEnd);
        }
    }

    /// <summary>Takes an entry out.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(uint ordinal)
    {
        if (ordinal >= OrdinalsEnd)
        {
            return false;
        }

        while (true)
        {
            var location = Volatile.Read(ref Locations[ordinal]);
            if (location == 0)
            {
                return false;
            }

            // A sweep may move the entry before its list is locked: then its location has changed too.
            var (block, slot) = BlockAndSlot(location);
            var list = Volatile.Read(ref BlockLayout.List(Pool.At(block)));
            Lock(list);
            try
            {
                if (Volatile.Read(ref Locations[ordinal]) != location)
                {
                    continue;
                }

                Volatile.Write(ref BlockLayout.Ordinals(Pool.At(block))[slot], BlockLayout.None);
                Pool.MarkDirty(block);
                SetLocation(ordinal, 0);
                ref var head = ref Heads[list];
                head.Live--;
                head.Dead++;
                Interlocked.Decrement(ref live);
                if (head.Live == 0 || (head.Dead > DeadMin && head.Dead * DeadShare > head.Live + head.Dead))
                {
                    Sweep(list);
                }

                MarkHead(list);
                return true;
            }
            finally
            {
                Unlock(list);
            }
        }
    }

    /// <summary>The list of an ordinal, or null when it is in none. Call it inside the gate.</summary>
    public uint? ListOf(uint ordinal)
    {
        var location = ordinal < OrdinalsEnd ? Volatile.Read(ref Locations[ordinal]) : 0;
        return location == 0 ? null : Volatile.Read(ref BlockLayout.List(Pool.At(BlockAndSlot(location).Block)));
    }

    /// <summary>The list and place of an ordinal that is in a list.</summary>
    internal (uint List, uint Block, int Slot) Find(uint ordinal)
    {
        var (block, slot) = BlockAndSlot(Locations[ordinal]);
        return (BlockLayout.List(Pool.At(block)), block, slot);
    }

    public void Dispose()
    {
        heads.Dispose();
        blocks.Dispose();
        locations.Dispose();
        locks.Dispose();
    }

    private static uint LocationOf(uint block, int slot) => (block * BlockLayout.Entries) + (uint)slot + 1;

    private static (uint Block, int Slot) BlockAndSlot(uint location) =>
        ((location - 1) / BlockLayout.Entries, (int)((location - 1) % BlockLayout.Entries));

    /// <summary>Writes an entry into the next slot of a block of a locked list, and notes where it is.</summary>
    private void Place(uint block, uint ordinal, float offset, float factor, byte* columns) =>
        SetLocation(ordinal, LocationOf(block, Write(block, ordinal, offset, factor, columns)));

    private int Write(uint block, uint ordinal, float offset, float factor, byte* columns)
    {
        var start = Pool.At(block);
        var slot = (int)BlockLayout.Used(start);
        if (codes is not null)
        {
            BlockLayout.Offsets(start)[slot] = offset;
            BlockLayout.Factors(start)[slot] = factor;
            codes.Put(BlockLayout.Codes(start), slot, columns);
        }

        BlockLayout.Used(start) = (uint)slot + 1;
        Volatile.Write(ref BlockLayout.Ordinals(start)[slot], ordinal);
        Pool.MarkDirty(block);
        return slot;
    }

    /// <summary>Puts a chain of the live entries alone in the place of a locked list's.</summary>
    private void Sweep(uint list)
    {
        ref var head = ref Heads[list];
        uint first = BlockLayout.None, last = BlockLayout.None;
        try
        {
            CopyLive(list, head.First, ref first, ref last);
        }
        catch (NativeMemoryException)
        {
            // The list stays as it is, with its dead slots; the next removal tries again.
            if (first != BlockLayout.None)
            {
                Pool.GiveBack(first);
            }

            return;
        }

        for (var block = first; block != BlockLayout.None; block = BlockLayout.Next(Pool.At(block)))
        {
            var start = Pool.At(block);
            for (var slot = 0; slot < (int)BlockLayout.Used(start); slot++)
            {
                SetLocation(BlockLayout.Ordinals(start)[slot], LocationOf(block, slot));
            }
        }

        var old = head.First;
        Volatile.Write(ref head.First, first);
        head.Last = last;
        head.Dead = 0;
        Pool.GiveBack(old);
    }

    private void CopyLive(uint list, uint from, ref uint first, ref uint last)
    {
        var columns = stackalloc byte[codes?.Columns ?? 0];
        for (var block = from; block != BlockLayout.None; block = BlockLayout.Next(Pool.At(block)))
        {
            var start = Pool.At(block);
            for (var slot = 0; slot < BlockLayout.Entries; slot++)
            {
                var ordinal = BlockLayout.Ordinals(start)[slot];
                if (ordinal == BlockLayout.None)
                {
                    continue;
                }

                if (last == BlockLayout.None || BlockLayout.Used(Pool.At(last)) == BlockLayout.Entries)
                {
                    var next = Pool.Take(list);
                    if (last == BlockLayout.None)
                    {
                        first = next;
                    }
                    else
                    {
                        BlockLayout.Next(Pool.At(last)) = next;
                        Pool.MarkDirty(last);
                    }

                    last = next;
                }

                codes?.Get(BlockLayout.Codes(start), slot, columns);
                var (offset, factor) = codes is null ? (0f, 0f) : (BlockLayout.Offsets(start)[slot], BlockLayout.Factors(start)[slot]);
                Write(last, ordinal, offset, factor, columns);
            }
        }
    }

    private void SetLocation(uint ordinal, uint location)
    {
        Volatile.Write(ref Locations[ordinal], location);
        locations.MarkDirty((long)LocationBytes * ordinal, LocationBytes);
    }

    private void MarkHead(uint list) => heads.MarkDirty((long)ListHead.SizeBytes * list, ListHead.SizeBytes);

    private void Lock(uint list)
    {
        ref var held = ref locks.Base[list];
        var wait = default(SpinWait);
        while (Interlocked.CompareExchange(ref held, 1, 0) != 0)
        {
            wait.SpinOnce();
        }
    }

    private void Unlock(uint list) => Volatile.Write(ref locks.Base[list], 0);
}
