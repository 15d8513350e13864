using OrleansVectors.Indexes.Ordinals;

namespace OrleansVectors.Indexes.PayloadIndexes;

/// <summary>
/// Which ordinals have a value, by the value's bytes: a hash table with open addressing in native memory, each entry with
/// its key and a posting list.
/// </summary>
/// <remarks>
/// One writer, readers inside the gate without locks. An entry keeps its slot while the table stands; growth, and the
/// removal of entries without ordinals, make another table that is then published whole. A value that comes back after its
/// entry was left out gets a new entry: readers still on the old table miss ordinals that were added since, which whoever
/// reads at an earlier moment has to look at one by one anyway.
/// </remarks>
public sealed unsafe class KeyPostings
{
    private const int SlotsMin = 16;

    private readonly PostingHeap heap;
    private readonly PostingLists lists;
    private Table table;
    private uint entries;
    private uint emptied;

    /// <param name="heap">Where everything is kept; it frees it all.</param>
    public KeyPostings(PostingHeap heap)
    {
        this.heap = heap;
        lists = new PostingLists(heap);
        table = NewTable(SlotsMin);
    }

    /// <summary>Values that have ordinals.</summary>
    public uint Keys => entries - emptied;

    /// <summary>The posting list's head for a value; 0 when no ordinal has it.</summary>
    public ulong Find(ReadOnlySpan<byte> key)
    {
        var entry = Entry(Volatile.Read(ref table), key, HashOf(key));
        return entry == null ? 0 : Volatile.Read(ref entry->Head);
    }

    /// <summary>Adds an ordinal that does not have the value, or got it by the last call (then nothing happens).</summary>
    /// <returns>False when it had it.</returns>
    public bool Add(ReadOnlySpan<byte> key, uint ordinal)
    {
        var hash = HashOf(key);
        var entry = Entry(table, key, hash);
        if (entry == null)
        {
            entry = Insert(key, hash);
        }
        else if (entry->Head == 0)
        {
            emptied--;
        }

        return lists.Add(ref entry->Head, ordinal);
    }

    /// <summary>Takes an ordinal out.</summary>
    /// <returns>False when it did not have the value.</returns>
    public bool Remove(ReadOnlySpan<byte> key, uint ordinal)
    {
        var entry = Entry(table, key, HashOf(key));
        if (entry == null || !lists.Remove(ref entry->Head, ordinal))
        {
            return false;
        }

        emptied += entry->Head == 0 ? 1u : 0;
        return true;
    }

    /// <summary>Calls back for every value that has ordinals, until it answers false.</summary>
    public void Visit<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IKeyVisitor
    {
        var current = Volatile.Read(ref table);
        for (uint i = 0; i <= current.Mask; i++)
        {
            var entry = (KeyEntry*)Volatile.Read(ref current.Slots[i]);
            if (entry != null && Volatile.Read(ref entry->Head) is not 0 and var head && !visitor.Visit(KeyOf(entry), head))
            {
                return;
            }
        }
    }

    private static KeyEntry* Entry(Table table, ReadOnlySpan<byte> key, uint hash)
    {
        for (var at = hash & table.Mask; ; at = (at + 1) & table.Mask)
        {
            var entry = (KeyEntry*)Volatile.Read(ref table.Slots[at]);
            if (entry == null || (entry->Hash == hash && KeyOf(entry).SequenceEqual(key)))
            {
                return entry;
            }
        }
    }

    private KeyEntry* Insert(ReadOnlySpan<byte> key, uint hash)
    {
        if ((entries + 1) * 2 > table.Mask)
        {
            Rebuild();
        }

        var entry = (KeyEntry*)heap.Allocate(sizeof(KeyEntry) + key.Length);
        entry->Hash = hash;
        entry->KeyBytes = (uint)key.Length;
        key.CopyTo(new Span<byte>(entry + 1, key.Length));
        Place(table, entry);
        entries++;
        return entry;
    }

    private static void Place(Table table, KeyEntry* entry)
    {
        var at = entry->Hash & table.Mask;
        while (table.Slots[at] != 0)
        {
            at = (at + 1) & table.Mask;
        }

        Volatile.Write(ref table.Slots[at], (ulong)entry);
    }

    /// <summary>Into a table for twice the values that are in use, without those that are not.</summary>
    private void Rebuild()
    {
        var old = table;
        var slots = (uint)SlotsMin;
        while (slots < (Keys + 1) * 4)
        {
            slots *= 2;
        }

        var next = NewTable(slots);
        for (uint i = 0; i <= old.Mask; i++)
        {
            var entry = (KeyEntry*)old.Slots[i];
            if (entry != null && entry->Head != 0)
            {
                Place(next, entry);
            }
        }

        Volatile.Write(ref table, next);
        for (uint i = 0; i <= old.Mask; i++)
        {
            var entry = (KeyEntry*)old.Slots[i];
            if (entry != null && entry->Head == 0)
            {
                heap.Retire(entry, sizeof(KeyEntry) + (int)entry->KeyBytes);
            }
        }

        heap.Retire(old.Slots, TableBytes(old.Mask + 1));
        entries -= emptied;
        emptied = 0;
    }

    private Table NewTable(uint slots) => new((ulong*)heap.Allocate(TableBytes(slots)), slots - 1);

    private static int TableBytes(uint slots) => checked((int)(slots * sizeof(ulong)));

    private static ReadOnlySpan<byte> KeyOf(KeyEntry* entry) => new(entry + 1, (int)entry->KeyBytes);

    private static uint HashOf(ReadOnlySpan<byte> key)
    {
        // Seeded by the process, so that nobody can prepare values that all meet in one slot. Nothing depends on the order.
        HashCode hash = default;
        hash.AddBytes(key);
        return (uint)hash.ToHashCode();
    }

    private sealed class Table(ulong* slots, uint mask)
    {
        public ulong* Slots { get; } = slots;

        public uint Mask { get; } = mask;
    }

    private struct KeyEntry
    {
        public ulong Head;
        public uint Hash;
        public uint KeyBytes;
    }
}
