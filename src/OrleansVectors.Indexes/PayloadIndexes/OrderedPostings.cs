using System.Runtime.InteropServices;
using OrleansVectors.Indexes.Ordinals;

namespace OrleansVectors.Indexes.PayloadIndexes;

/// <summary>
/// Which ordinals have a value, by 64-bit keys in order, for ranges as well as for single values: a directory of leaves of
/// up to 508 keys, each key with a posting list.
/// </summary>
/// <remarks>
/// One writer, readers inside the gate without locks:
/// 1. a leaf is a sorted part and a short unsorted tail; a new key is written behind the tail, then both lengths are stored
///    at once; a key that loses its last ordinal stays until the leaf is rewritten;
/// 2. a leaf whose tail is full is rewritten sorted, split when it is large, and put in its place in the directory; a
///    directory that changes in length is copied and published whole; what was replaced is retired;
/// 3. keys that come in rising order (times, counters) extend the sorted part of the last leaf, which is left full.
/// </remarks>
public sealed unsafe class OrderedPostings
{
    private const int LeafBytesMin = 512;
    private const int LeafBytesMax = 8192;
    private const int TailMax = 32;

    private readonly PostingHeap heap;
    private readonly PostingLists lists;
    private readonly List<(long Key, ulong Head)> rewriting = [];
    private Directory directory;

    /// <param name="heap">Where everything is kept; it frees it all.</param>
    public OrderedPostings(PostingHeap heap)
    {
        this.heap = heap;
        lists = new PostingLists(heap);
        directory = NewDirectory(1);
        directory.FirstKeys[0] = long.MinValue;
        directory.Leaves[0] = (ulong)NewLeaf(LeafBytesMin);
    }

    /// <summary>Adds an ordinal that does not have the value, or got it by the last call (then nothing happens).</summary>
    /// <returns>False when it had it.</returns>
    public bool Add(long key, uint ordinal)
    {
        var at = directory.Find(key);
        var leaf = (Leaf*)directory.Leaves[at];
        var place = leaf->Find(key);
        if (place >= 0)
        {
            var added = lists.Add(ref leaf->Heads[place], ordinal);
            leaf->Ordinals += added ? 1 : 0;
            return added;
        }

        leaf = RoomFor(key, at, leaf);
        ulong head = 0;
        lists.Add(ref head, ordinal);
        leaf->Append(key, head);
        leaf->Ordinals++;
        return true;
    }

    /// <summary>Takes an ordinal out.</summary>
    /// <returns>False when it did not have the value.</returns>
    public bool Remove(long key, uint ordinal)
    {
        var at = directory.Find(key);
        var leaf = (Leaf*)directory.Leaves[at];
        var place = leaf->Find(key);
        if (place < 0 || !lists.Remove(ref leaf->Heads[place], ordinal))
        {
            return false;
        }

        if (--leaf->Ordinals == 0 && directory.Length > 1)
        {
            Drop(at, leaf);
        }

        return true;
    }

    /// <summary>
    /// How many ordinals have a value from <paramref name="low"/> to <paramref name="high"/>, both included (those with
    /// several count several times), and about how many values that is.
    /// </summary>
    public (long Ordinals, long Keys) Count(long low, long high)
    {
        Counter counter = default;
        Visit(low, high, ref counter);
        return (counter.Ordinals, counter.Keys);
    }

    /// <summary>Calls back for every value from <paramref name="low"/> to <paramref name="high"/>, both included, that has ordinals; leaves in order, values inside them not quite.</summary>
    public void Visit<TVisitor>(long low, long high, ref TVisitor visitor)
        where TVisitor : struct, IOrderedVisitor
    {
        if (low > high)
        {
            return;
        }

        var current = Volatile.Read(ref directory);
        for (var at = current.Find(low); at < current.Length && (at == 0 || current.FirstKeys[at] <= high); at++)
        {
            var leaf = (Leaf*)Volatile.Read(ref current.Leaves[at]);
            var isInside = at + 1 < current.Length && current.FirstKeys[at] >= low && current.FirstKeys[at + 1] <= high;
            var (sorted, used) = leaf->Lengths;
            if (isInside && !visitor.EntersLeaf(leaf->Ordinals, used))
            {
                continue;
            }

            var from = isInside ? 0 : leaf->LowerBound(low, sorted);
            for (var i = from; i < used; i++)
            {
                var key = leaf->Keys[i];
                if (!isInside && (key < low || key > high))
                {
                    if (i < sorted && key > high)
                    {
                        i = sorted - 1;
                    }

                    continue;
                }

                var head = Volatile.Read(ref leaf->Heads[i]);
                if (head != 0 && !visitor.Visit(key, head))
                {
                    return;
                }
            }
        }
    }

    /// <summary>The leaf that the key goes to, with room behind its tail.</summary>
    private Leaf* RoomFor(long key, int at, Leaf* leaf)
    {
        var (sorted, used) = leaf->Lengths;
        var rises = used == sorted && (used == 0 || key > leaf->Keys[used - 1]);
        if (used < leaf->Capacity && (rises || used - sorted < TailMax))
        {
            return leaf;
        }

        if (rises && used == leaf->Capacity && at == directory.Length - 1 && leaf->Bytes == LeafBytesMax)
        {
            var next = NewLeaf(LeafBytesMax);
            Replace(at, 1, [(directory.FirstKeys[at], (ulong)leaf), (key, (ulong)next)]);
            return next;
        }

        return Rewrite(key, at, leaf);
    }

    /// <summary>Sorts a leaf into a new one, or two.</summary>
    private Leaf* Rewrite(long key, int at, Leaf* old)
    {
        rewriting.Clear();
        var used = old->Lengths.Used;
        for (var i = 0; i < used; i++)
        {
            if (old->Heads[i] != 0)
            {
                rewriting.Add((old->Keys[i], old->Heads[i]));
            }
        }

        rewriting.Sort(static (left, right) => left.Key.CompareTo(right.Key));
        var all = CollectionsMarshal.AsSpan(rewriting);
        var most = CapacityOf(LeafBytesMax) - TailMax;
        var first = directory.FirstKeys[at];
        Leaf* target;
        if (all.Length <= most)
        {
            var bytes = LeafBytesMin;
            while (CapacityOf(bytes) < all.Length + TailMax && bytes < LeafBytesMax)
            {
                bytes *= 2;
            }

            target = Filled(all, bytes);
            Volatile.Write(ref directory.Leaves[at], (ulong)target);
        }
        else
        {
            var half = all.Length / 2;
            var left = Filled(all[..half], LeafBytesMax);
            var right = Filled(all[half..], LeafBytesMax);
            Replace(at, 1, [(first, (ulong)left), (all[half].Key, (ulong)right)]);
            target = key < all[half].Key ? left : right;
        }

        heap.Retire(old, old->Bytes);
        return target;
    }

    private Leaf* Filled(ReadOnlySpan<(long Key, ulong Head)> entries, int bytes)
    {
        var leaf = NewLeaf(bytes);
        long ordinals = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            leaf->Keys[i] = entries[i].Key;
            leaf->Heads[i] = entries[i].Head;
            ordinals += PostingLists.Count(entries[i].Head);
        }

        leaf->Ordinals = ordinals;
        leaf->Lengths = (entries.Length, entries.Length);
        return leaf;
    }

    /// <summary>Takes a leaf without ordinals out; its neighbour answers for its keys.</summary>
    private void Drop(int at, Leaf* leaf)
    {
        if (at == 0)
        {
            // The first leaf answers for everything below it.
            Replace(0, 2, [(long.MinValue, directory.Leaves[1])]);
        }
        else
        {
            Replace(at, 1, []);
        }

        heap.Retire(leaf, leaf->Bytes);
    }

    private void Replace(int at, int removed, ReadOnlySpan<(long FirstKey, ulong Leaf)> added)
    {
        var old = directory;
        var next = NewDirectory(old.Length - removed + added.Length);
        Copy(old, 0, next, 0, at);
        for (var i = 0; i < added.Length; i++)
        {
            next.FirstKeys[at + i] = added[i].FirstKey;
            next.Leaves[at + i] = added[i].Leaf;
        }

        Copy(old, at + removed, next, at + added.Length, old.Length - at - removed);
        Volatile.Write(ref directory, next);
        heap.Retire(old.FirstKeys, Directory.Bytes(old.Length));
    }

    private static void Copy(Directory from, int fromAt, Directory to, int toAt, int count)
    {
        new ReadOnlySpan<long>(from.FirstKeys + fromAt, count).CopyTo(new Span<long>(to.FirstKeys + toAt, count));
        new ReadOnlySpan<ulong>(from.Leaves + fromAt, count).CopyTo(new Span<ulong>(to.Leaves + toAt, count));
    }

    private Directory NewDirectory(int length) => new((long*)heap.Allocate(Directory.Bytes(length)), length);

    private Leaf* NewLeaf(int bytes)
    {
        var leaf = (Leaf*)heap.Allocate(bytes);
        leaf->Bytes = bytes;
        leaf->Capacity = CapacityOf(bytes);
        return leaf;
    }

    private static int CapacityOf(int leafBytes) => (leafBytes - sizeof(Leaf)) / (sizeof(long) + sizeof(ulong));

    private struct Counter : IOrderedVisitor
    {
        public long Ordinals;
        public long Keys;

        public bool EntersLeaf(long ordinals, int keys)
        {
            Ordinals += ordinals;
            Keys += keys;
            return false;
        }

        public bool Visit(long key, ulong head)
        {
            Ordinals += PostingLists.Count(head);
            Keys++;
            return true;
        }
    }

    /// <summary>The leaves in order of their first keys. Only a leaf may be replaced in it.</summary>
    private sealed class Directory(long* memory, int length)
    {
        public int Length { get; } = length;

        public long* FirstKeys { get; } = memory;

        public ulong* Leaves { get; } = (ulong*)(memory + length);

        public static int Bytes(int length) => checked(length * (sizeof(long) + sizeof(ulong)));

        /// <summary>The leaf that a key belongs to.</summary>
        public int Find(long key)
        {
            var low = 0;
            var high = Length - 1;
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                (low, high) = FirstKeys[middle] <= key ? (middle, high) : (low, middle - 1);
            }

            return low;
        }
    }

    /// <summary>Keys, then as many heads, behind 32 bytes of this.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 32)]
    private struct Leaf
    {
        public int Bytes;
        public int Capacity;
        public long Ordinals;
        private ulong lengths;

        public (int Sorted, int Used) Lengths
        {
            get
            {
                var both = Volatile.Read(ref lengths);
                return ((int)(uint)both, (int)(both >> 32));
            }
            set => Volatile.Write(ref lengths, (uint)value.Sorted | ((ulong)(uint)value.Used << 32));
        }

        public long* Keys
        {
            get
            {
                fixed (Leaf* self = &this)
                {
                    return (long*)(self + 1);
                }
            }
        }

        public ulong* Heads => (ulong*)(Keys + Capacity);

        public int LowerBound(long key, int sorted)
        {
            var keys = Keys;
            var low = 0;
            var high = sorted;
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = keys[middle] < key ? (middle + 1, high) : (low, middle);
            }

            return low;
        }

        /// <summary>The place of a key, or -1.</summary>
        public int Find(long key)
        {
            var (sorted, used) = Lengths;
            var at = LowerBound(key, sorted);
            if (at < sorted && Keys[at] == key)
            {
                return at;
            }

            var behind = new ReadOnlySpan<long>(Keys + sorted, used - sorted).IndexOf(key);
            return behind < 0 ? -1 : sorted + behind;
        }

        public void Append(long key, ulong head)
        {
            var (sorted, used) = Lengths;
            var rises = used == sorted && (used == 0 || key > Keys[used - 1]);
            Keys[used] = key;
            Volatile.Write(ref Heads[used], head);
            Lengths = (rises ? used + 1 : sorted, used + 1);
        }
    }
}
