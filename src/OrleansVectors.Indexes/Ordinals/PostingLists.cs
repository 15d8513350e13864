using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansVectors.Indexes.Ordinals;

/// <summary>
/// Sets of ordinals that grow and shrink in place, each behind one 64-bit head: nothing, a single ordinal (in the head
/// itself), a short list, or blocks of 32,768 ordinals which are lists or bitmaps, after the containers of roaring bitmaps
/// (Lemire et al., "Roaring bitmaps: implementation of an optimized software library", 2018, section 2).
/// </summary>
/// <remarks>
/// One writer, any number of readers inside the gate:
/// 1. an ordinal is appended behind those in use, then the count is raised (release); it is taken out by overwriting its
///    place with <see cref="Gone"/>; a bit is set and cleared by storing its word: so whoever reads meanwhile sees every
///    ordinal that is neither being added nor being taken out;
/// 2. what gets full is copied without its gaps into another block, the head or the directory is pointed to that, and the
///    old one is retired.
/// Lists are not sorted: reading them into a set or scoring them needs no order, and adding at the end is what keeps 1 true.
/// </remarks>
public sealed unsafe class PostingLists(PostingHeap heap)
{
    private const int BlockShift = 15;
    private const int BlockOrdinals = 1 << BlockShift;
    private const int BitmapWords = BlockOrdinals / 64;
    private const int BitmapBytes = BlockOrdinals / 8;
    private const int ShortBytesMax = 1024;

    private const uint Gone = uint.MaxValue;
    private const ushort GoneInBlock = ushort.MaxValue;

    private const ulong KindMask = 3;
    private const ulong Single = 1;
    private const ulong Short = 2;
    private const ulong Blocks = 3;
    private const ulong BitmapFlag = 1;

    /// <summary>How many ordinals are behind a head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Count(ulong head)
        => (head & KindMask) switch
        {
            0 => 0,
            Single => 1,
            Short => Volatile.Read(ref ((ShortHeader*)Pointer(head))->Live),
            _ => Volatile.Read(ref ((Directory*)Pointer(head))->Live),
        };

    /// <summary>Adds an ordinal that is not there, or is the one that was added last (then nothing happens).</summary>
    /// <returns>False when it was there.</returns>
    public bool Add(ref ulong head, uint ordinal)
    {
        switch (head & KindMask)
        {
            case 0:
                Volatile.Write(ref head, SingleHead(ordinal));
                return true;
            case Single:
                var first = SingleOrdinal(head);
                if (first == ordinal)
                {
                    return false;
                }

                var pair = NewShort(PostingHeap.BlockBytesMin);
                Append(pair, first);
                Append(pair, ordinal);
                Volatile.Write(ref head, (ulong)pair | Short);
                return true;
            case Short:
                return AddToShort(ref head, ordinal);
            default:
                return AddToBlocks(ref head, ordinal);
        }
    }

    /// <summary>Takes an ordinal out.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Remove(ref ulong head, uint ordinal)
    {
        switch (head & KindMask)
        {
            case 0:
                return false;
            case Single:
                if (SingleOrdinal(head) != ordinal)
                {
                    return false;
                }

                Volatile.Write(ref head, 0);
                return true;
            case Short:
                return RemoveFromShort(ref head, ordinal);
            default:
                return RemoveFromBlocks(ref head, ordinal);
        }
    }

    /// <summary>Gives the ordinals to a sink, each once unless it is being taken out and added meanwhile.</summary>
    /// <returns>False when the sink ended it.</returns>
    public static bool Visit<TSink>(ulong head, ref TSink sink)
        where TSink : struct, IOrdinalSink, allows ref struct
    {
        switch (head & KindMask)
        {
            case 0:
                return true;
            case Single:
                return sink.Add(SingleOrdinal(head));
            case Short:
                var header = (ShortHeader*)Pointer(head);
                var used = Volatile.Read(ref header->Used);
                for (uint i = 0; i < used; i++)
                {
                    var ordinal = Volatile.Read(ref Ordinals(header)[i]);
                    if (ordinal != Gone && !sink.Add(ordinal))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return VisitBlocks((Directory*)Pointer(head), ref sink);
        }
    }

    private static bool VisitBlocks<TSink>(Directory* directory, ref TSink sink)
        where TSink : struct, IOrdinalSink, allows ref struct
    {
        for (uint number = 0; number < directory->Capacity; number++)
        {
            var block = Volatile.Read(ref Entries(directory)[number].Block);
            var first = number << BlockShift;
            if (block == 0)
            {
                continue;
            }

            if ((block & BitmapFlag) != 0)
            {
                if (!sink.AddBits(first, (ulong*)(block & ~BitmapFlag), BitmapWords))
                {
                    return false;
                }

                continue;
            }

            var header = (BlockHeader*)block;
            var used = Volatile.Read(ref header->Used);
            for (uint i = 0; i < used; i++)
            {
                var low = Volatile.Read(ref Lows(header)[i]);
                if (low != GoneInBlock && !sink.Add(first + low))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool AddToShort(ref ulong head, uint ordinal)
    {
        var header = (ShortHeader*)Pointer(head);
        if (Ordinals(header)[header->Used - 1] == ordinal)
        {
            return false;
        }

        if (header->Used == header->Capacity)
        {
            var bytes = ShortBytes(header->Capacity);
            if (header->Live <= header->Capacity * 3 / 4)
            {
                header = MoveShort(ref head, header, bytes);
            }
            else if (bytes < ShortBytesMax)
            {
                header = MoveShort(ref head, header, bytes * 2);
            }
            else
            {
                ShortToBlocks(ref head, header);
                return AddToBlocks(ref head, ordinal);
            }
        }

        Append(header, ordinal);
        return true;
    }

    private bool RemoveFromShort(ref ulong head, uint ordinal)
    {
        var header = (ShortHeader*)Pointer(head);
        var at = new ReadOnlySpan<uint>(Ordinals(header), (int)header->Used).IndexOf(ordinal);
        if (at < 0)
        {
            return false;
        }

        Volatile.Write(ref Ordinals(header)[at], Gone);
        Volatile.Write(ref header->Live, header->Live - 1);
        if (header->Live == 0)
        {
            Volatile.Write(ref head, 0);
            heap.Retire(header, ShortBytes(header->Capacity));
        }

        return true;
    }

    private ShortHeader* NewShort(int bytes)
    {
        var header = (ShortHeader*)heap.Allocate(bytes);
        header->Capacity = (uint)(bytes - sizeof(ShortHeader)) / sizeof(uint);
        return header;
    }

    private ShortHeader* MoveShort(ref ulong head, ShortHeader* old, int bytes)
    {
        var moved = NewShort(bytes);
        for (uint i = 0; i < old->Used; i++)
        {
            if (Ordinals(old)[i] != Gone)
            {
                Append(moved, Ordinals(old)[i]);
            }
        }

        Volatile.Write(ref head, (ulong)moved | Short);
        heap.Retire(old, ShortBytes(old->Capacity));
        return moved;
    }

    private void ShortToBlocks(ref ulong head, ShortHeader* old)
    {
        uint largest = 0;
        for (uint i = 0; i < old->Used; i++)
        {
            largest = Ordinals(old)[i] == Gone ? largest : Math.Max(largest, Ordinals(old)[i]);
        }

        // Filled before anybody can see it.
        var blocks = (ulong)NewDirectory((largest >> BlockShift) + 1) | Blocks;
        for (uint i = 0; i < old->Used; i++)
        {
            if (Ordinals(old)[i] != Gone)
            {
                AddToBlocks(ref blocks, Ordinals(old)[i]);
            }
        }

        Volatile.Write(ref head, blocks);
        heap.Retire(old, ShortBytes(old->Capacity));
    }

    private bool AddToBlocks(ref ulong head, uint ordinal)
    {
        var directory = (Directory*)Pointer(head);
        var number = ordinal >> BlockShift;
        if (number >= directory->Capacity)
        {
            directory = GrowDirectory(ref head, directory, number + 1);
        }

        var entry = Entries(directory) + number;
        var low = (ushort)(ordinal & (BlockOrdinals - 1));
        if (!((entry->Block & BitmapFlag) != 0 ? SetBit(entry, low) : AddToList(entry, low)))
        {
            return false;
        }

        entry->Live++;
        Volatile.Write(ref directory->Live, directory->Live + 1);
        return true;
    }

    private static bool SetBit(Entry* entry, ushort low)
    {
        ref var word = ref ((ulong*)(entry->Block & ~BitmapFlag))[low / 64];
        var bit = 1UL << (low % 64);
        if ((word & bit) != 0)
        {
            return false;
        }

        Volatile.Write(ref word, word | bit);
        return true;
    }

    private bool AddToList(Entry* entry, ushort low)
    {
        var header = (BlockHeader*)entry->Block;
        if (header == null)
        {
            header = NewList(PostingHeap.BlockBytesMin);
            Append(header, low);
            Volatile.Write(ref entry->Block, (ulong)header);
            return true;
        }

        if (Lows(header)[header->Used - 1] == low)
        {
            return false;
        }

        if (header->Used == header->Capacity)
        {
            var bytes = ListBytes(header->Capacity);
            if (entry->Live <= header->Capacity * 3 / 4)
            {
                header = MoveList(entry, header, bytes);
            }
            else if (bytes < BitmapBytes)
            {
                header = MoveList(entry, header, bytes * 2);
            }
            else
            {
                ListToBitmap(entry, header);
                return SetBit(entry, low);
            }
        }

        Append(header, low);
        return true;
    }

    private bool RemoveFromBlocks(ref ulong head, uint ordinal)
    {
        var directory = (Directory*)Pointer(head);
        var number = ordinal >> BlockShift;
        if (number >= directory->Capacity || Entries(directory)[number].Block == 0)
        {
            return false;
        }

        var entry = Entries(directory) + number;
        var low = (ushort)(ordinal & (BlockOrdinals - 1));
        if ((entry->Block & BitmapFlag) != 0)
        {
            ref var word = ref ((ulong*)(entry->Block & ~BitmapFlag))[low / 64];
            var bit = 1UL << (low % 64);
            if ((word & bit) == 0)
            {
                return false;
            }

            Volatile.Write(ref word, word & ~bit);
        }
        else
        {
            var header = (BlockHeader*)entry->Block;
            var at = new ReadOnlySpan<ushort>(Lows(header), (int)header->Used).IndexOf(low);
            if (at < 0)
            {
                return false;
            }

            Volatile.Write(ref Lows(header)[at], GoneInBlock);
        }

        if (--entry->Live == 0)
        {
            RetireBlock(entry);
        }

        Volatile.Write(ref directory->Live, directory->Live - 1);
        if (directory->Live == 0)
        {
            Volatile.Write(ref head, 0);
            heap.Retire(directory, DirectoryBytes(directory->Capacity));
        }

        return true;
    }

    private void RetireBlock(Entry* entry)
    {
        var block = entry->Block;
        Volatile.Write(ref entry->Block, 0);
        if ((block & BitmapFlag) != 0)
        {
            heap.Retire((void*)(block & ~BitmapFlag), BitmapBytes);
        }
        else
        {
            heap.Retire((void*)block, ListBytes(((BlockHeader*)block)->Capacity));
        }
    }

    private BlockHeader* NewList(int bytes)
    {
        var header = (BlockHeader*)heap.Allocate(bytes);
        header->Capacity = (uint)(bytes - sizeof(BlockHeader)) / sizeof(ushort);
        return header;
    }

    private BlockHeader* MoveList(Entry* entry, BlockHeader* old, int bytes)
    {
        var moved = NewList(bytes);
        for (uint i = 0; i < old->Used; i++)
        {
            if (Lows(old)[i] != GoneInBlock)
            {
                Append(moved, Lows(old)[i]);
            }
        }

        Volatile.Write(ref entry->Block, (ulong)moved);
        heap.Retire(old, ListBytes(old->Capacity));
        return moved;
    }

    private void ListToBitmap(Entry* entry, BlockHeader* old)
    {
        var bits = (ulong*)heap.Allocate(BitmapBytes);
        for (uint i = 0; i < old->Used; i++)
        {
            var low = Lows(old)[i];
            if (low != GoneInBlock)
            {
                bits[low / 64] |= 1UL << (low % 64);
            }
        }

        Volatile.Write(ref entry->Block, (ulong)bits | BitmapFlag);
        heap.Retire(old, ListBytes(old->Capacity));
    }

    private Directory* NewDirectory(uint blocks)
    {
        var bytes = PostingHeap.BlockBytes(DirectoryBytes(blocks));
        var directory = (Directory*)heap.Allocate(bytes);
        directory->Capacity = (uint)(bytes - sizeof(Directory)) / (uint)sizeof(Entry);
        return directory;
    }

    private Directory* GrowDirectory(ref ulong head, Directory* old, uint blocks)
    {
        var grown = NewDirectory(Math.Max(blocks, old->Capacity * 2));
        grown->Live = old->Live;
        new ReadOnlySpan<Entry>(Entries(old), (int)old->Capacity).CopyTo(new Span<Entry>(Entries(grown), (int)grown->Capacity));
        Volatile.Write(ref head, (ulong)grown | Blocks);
        heap.Retire(old, DirectoryBytes(old->Capacity));
        return grown;
    }

    private static void Append(ShortHeader* header, uint ordinal)
    {
        Volatile.Write(ref Ordinals(header)[header->Used], ordinal);
        Volatile.Write(ref header->Live, header->Live + 1);
        Volatile.Write(ref header->Used, header->Used + 1);
    }

    private static void Append(BlockHeader* header, ushort low)
    {
        Volatile.Write(ref Lows(header)[header->Used], low);
        Volatile.Write(ref header->Used, header->Used + 1);
    }

    private static ulong SingleHead(uint ordinal) => ((ulong)ordinal << 2) | Single;

    private static uint SingleOrdinal(ulong head) => (uint)(head >> 2);

    private static void* Pointer(ulong head) => (void*)(head & ~KindMask);

    private static uint* Ordinals(ShortHeader* header) => (uint*)(header + 1);

    private static ushort* Lows(BlockHeader* header) => (ushort*)(header + 1);

    private static Entry* Entries(Directory* directory) => (Entry*)(directory + 1);

    private static int ShortBytes(uint capacity) => sizeof(ShortHeader) + (int)(capacity * sizeof(uint));

    private static int ListBytes(uint capacity) => sizeof(BlockHeader) + (int)(capacity * sizeof(ushort));

    private static int DirectoryBytes(uint capacity) => sizeof(Directory) + (int)(capacity * (uint)sizeof(Entry));

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct ShortHeader
    {
        public uint Used;
        public uint Capacity;
        public uint Live;
    }

    [StructLayout(LayoutKind.Sequential, Size = 8)]
    private struct BlockHeader
    {
        public uint Used;
        public uint Capacity;
    }

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct Directory
    {
        public uint Live;
        public uint Capacity;
    }

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct Entry
    {
        public ulong Block;
        public uint Live;
    }
}
