using System.Numerics;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Partitions.Rows;

/// <summary>A set of ordinals: one bit each in native memory. Any number of writers and readers, no lock.</summary>
/// <remarks>
/// <see cref="Count"/> is raised before a bit is set and lowered after one is cleared: whoever finds it zero has missed
/// nothing that was set before. Looking through it reads 128 KiB for each million ordinals, some microseconds.
/// </remarks>
internal sealed unsafe class OrdinalSet : IDisposable
{
    public const uint None = uint.MaxValue;

    private const int BitsPerWord = 64;

    private readonly ulong* _words;
    private long _count;
    private long _end;

    public OrdinalSet(string name, uint capacity)
    {
        Region = new NativeRegion(name, BytesOf(capacity));
        _words = (ulong*)Region.Base;
    }

    /// <summary>The bits, in words of 64.</summary>
    public NativeRegion Region { get; }

    /// <summary>Members; never less than those that a reader can find.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Bytes of the region that the bits of ordinals below <paramref name="end"/> take.</summary>
    public static long BytesOf(uint end) => (end + (long)BitsPerWord - 1) / BitsPerWord * sizeof(ulong);

    public bool Contains(uint ordinal)
        => ordinal < Volatile.Read(ref _end) && (Volatile.Read(ref _words[ordinal / BitsPerWord]) & Bit(ordinal)) != 0;

    /// <summary>Adds an ordinal; false when it was a member already.</summary>
    public bool Add(uint ordinal)
    {
        Reach(ordinal + 1L);
        Interlocked.Increment(ref _count);
        bool added = (Interlocked.Or(ref _words[ordinal / BitsPerWord], Bit(ordinal)) & Bit(ordinal)) == 0;
        if (!added)
        {
            Interlocked.Decrement(ref _count);
        }

        MarkDirty(ordinal);
        return added;
    }

    /// <summary>Removes an ordinal; false when it was no member.</summary>
    public bool Remove(uint ordinal)
    {
        if (!Contains(ordinal) || (Interlocked.And(ref _words[ordinal / BitsPerWord], ~Bit(ordinal)) & Bit(ordinal)) == 0)
        {
            return false;
        }

        Interlocked.Decrement(ref _count);
        MarkDirty(ordinal);
        return true;
    }

    /// <summary>The first member from an ordinal on, below <paramref name="end"/>; <see cref="None"/> when there is none.</summary>
    public uint Next(uint from, uint end = None)
    {
        long limit = Math.Min(end, Volatile.Read(ref _end));
        if (from >= limit || Count == 0)
        {
            return None;
        }

        long last = (limit - 1) / BitsPerWord;
        long word = from / BitsPerWord;
        ulong bits = Volatile.Read(ref _words[word]) & (ulong.MaxValue << (int)(from % BitsPerWord));
        while (bits == 0)
        {
            if (++word > last)
            {
                return None;
            }

            bits = Volatile.Read(ref _words[word]);
        }

        uint found = (uint)((word * BitsPerWord) + BitOperations.TrailingZeroCount(bits));
        return found < limit ? found : None;
    }

    /// <summary>Counts the members below an ordinal after a recovery has put the bits in place; there are none from there on.</summary>
    public void Restore(uint end)
    {
        Region.EnsureCommitted(BytesOf(end));
        _end = end;
        _count = 0;
        for (long word = 0; word < BytesOf(end) / sizeof(ulong); word++)
        {
            _count += BitOperations.PopCount(_words[word]);
        }
    }

    /// <summary>Makes memory ready for ordinals below an end, so that all of it can be stored.</summary>
    public void Reach(long end)
    {
        Region.EnsureCommitted(BytesOf((uint)end));
        long known = Volatile.Read(ref _end);
        while (known < end)
        {
            known = Interlocked.CompareExchange(ref _end, end, known) == known ? end : Volatile.Read(ref _end);
        }
    }

    public void Dispose() => Region.Dispose();

    private static ulong Bit(uint ordinal) => 1UL << (int)(ordinal % BitsPerWord);

    private void MarkDirty(uint ordinal) => Region.MarkDirty(ordinal / BitsPerWord * sizeof(ulong), sizeof(ulong));
}
