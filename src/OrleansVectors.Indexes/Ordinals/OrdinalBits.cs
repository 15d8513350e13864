using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Ordinals;

/// <summary>
/// A set of the ordinals below a bound, one bit for each: what one search works with. Rented and given back; used by one
/// thread while it changes, by any number once it does not.
/// </summary>
/// <remarks>
/// One bit an ordinal is an eighth of a byte for each point of the partition, whatever the set holds: 125 KB for a million,
/// which is written and combined in a few microseconds. Sets of a few ordinals are better kept as lists.
/// Bits at and above the bound are always clear.
/// </remarks>
public sealed unsafe class OrdinalBits : IDisposable
{
    /// <summary>Room behind the last ordinal with which <see cref="CopyTo"/> is several times as fast.</summary>
    public const int CopyRoom = WordBits;

    private const int KeptMax = 8;
    private const int WordBits = 64;
    private const int StepWords = 8;
    private const int CopiedAtOnce = 8;

    [ThreadStatic]
    private static Stack<OrdinalBits>? kept;

    private AlignedBuffer<ulong> buffer;
    private ulong* words;
    private int length;

    private OrdinalBits(int words) => buffer = new AlignedBuffer<ulong>(words);

    /// <summary>One more than the largest ordinal it can hold.</summary>
    public uint Rows { get; private set; }

    /// <summary>Lends an empty set of the ordinals below <paramref name="rows"/>. Dispose gives it back.</summary>
    public static OrdinalBits Rent(uint rows)
    {
        // Whole steps, so that the loops have no rest; the bits behind the last row stay clear.
        var needed = checked((int)((rows + (ulong)(WordBits * StepWords) - 1) / (WordBits * StepWords)) * StepWords);
        if (kept is null || !kept.TryPop(out var set))
        {
            set = new OrdinalBits(needed);
        }
        else if (set.buffer.Length < needed)
        {
            set.buffer.Dispose();
            set.buffer = new AlignedBuffer<ulong>(needed + (needed / 8));
        }

        set.words = set.buffer.Start;
        set.length = needed;
        set.Rows = rows;
        new Span<ulong>(set.words, needed).Clear();
        return set;
    }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        words = null;
        length = 0;
        Rows = 0;
        kept ??= new Stack<OrdinalBits>();
        if (kept.Count < KeptMax)
        {
            kept.Push(this);
        }
        else
        {
            buffer.Dispose();
        }
    }

    /// <summary>Whether the set holds an ordinal; false for those above its bound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(uint ordinal) => ordinal < Rows && ((words[ordinal / WordBits] >> (int)(ordinal % WordBits)) & 1) != 0;

    /// <summary>Adds an ordinal; one that is not below the bound is passed over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(uint ordinal)
    {
        if (ordinal < Rows)
        {
            words[ordinal / WordBits] |= 1UL << (int)(ordinal % WordBits);
        }
    }

    /// <summary>Takes an ordinal out.</summary>
    public void Remove(uint ordinal)
    {
        if (ordinal < Rows)
        {
            words[ordinal / WordBits] &= ~(1UL << (int)(ordinal % WordBits));
        }
    }

    /// <summary>Adds the bits of a block of another owner's, which may change meanwhile.</summary>
    public void AddBits(uint first, ulong* bits, int count)
    {
        var at = (int)(first / WordBits);
        var end = Math.Min(count, length - at);
        var i = 0;
        for (; i + StepWords <= end; i += StepWords)
        {
            (Vector512.Load(words + at + i) | Vector512.Load(bits + i)).Store(words + at + i);
        }

        for (; i < end; i++)
        {
            words[at + i] |= bits[i];
        }

        if (at + end == length)
        {
            RemoveFrom(Rows);
        }
    }

    /// <summary>Keeps what is in both.</summary>
    public void And(OrdinalBits other) => Combine<Intersection>(other);

    /// <summary>Keeps what is in either.</summary>
    public void Or(OrdinalBits other) => Combine<Union>(other);

    /// <summary>Keeps what is not in the other.</summary>
    public void AndNot(OrdinalBits other) => Combine<Difference>(other);

    /// <summary>Keeps the ordinals whose byte of another owner's is not zero.</summary>
    /// <param name="flags">One byte for each ordinal, aligned to 64; there must be one for each that the set holds.</param>
    public void AndFlags(byte* flags)
    {
        // Safe: a word that holds an ordinal has its 64 bytes in the memory page of that ordinal's.
        for (var i = 0; i < length; i++)
        {
            if (words[i] != 0)
            {
                words[i] &= ~Vector512.Equals(Vector512.Load(flags + (i * WordBits)), Vector512<byte>.Zero).ExtractMostSignificantBits();
            }
        }
    }

    /// <summary>Takes out the ordinals that are not below <paramref name="end"/>.</summary>
    public void RemoveFrom(uint end)
    {
        var first = end / WordBits;
        if (first < (uint)length)
        {
            words[first] &= (1UL << (int)(end % WordBits)) - 1;
            new Span<ulong>(words + first + 1, length - (int)first - 1).Clear();
        }
    }

    /// <summary>A copy, rented.</summary>
    public OrdinalBits Copy()
    {
        var copy = Rent(Rows);
        new ReadOnlySpan<ulong>(words, length).CopyTo(new Span<ulong>(copy.words, length));
        return copy;
    }

    /// <summary>How many ordinals it holds.</summary>
    public long Count()
    {
        long count = 0;
        for (var i = 0; i < length; i += StepWords)
        {
            var step = 0;
            for (var j = 0; j < StepWords; j++)
            {
                step += BitOperations.PopCount(words[i + j]);
            }

            count += step;
        }

        return count;
    }

    /// <summary>How many of the bits of a block of another owner's, which may change meanwhile, are set here too.</summary>
    public long CountBits(uint first, ulong* bits, int count)
    {
        var at = (int)(first / WordBits);
        var end = Math.Min(count, length - at);
        long common = 0;
        for (var i = 0; i < end; i++)
        {
            common += BitOperations.PopCount(words[at + i] & bits[i]);
        }

        return common;
    }

    /// <summary>Copies the ordinals, ascending, as many as there is room for; what is behind them may be overwritten.</summary>
    /// <remarks>While there is room it writes eight at a time, whether there are so many or not: no branch depends on a single bit.</remarks>
    /// <returns>How many were copied.</returns>
    public int CopyTo(Span<uint> target)
    {
        var count = 0;
        var i = 0;
        fixed (uint* start = target)
        {
            for (; i < length && target.Length - count >= WordBits; i++)
            {
                var word = words[i];
                var held = BitOperations.PopCount(word);
                for (var done = 0; done < held; done += CopiedAtOnce)
                {
                    for (var j = 0; j < CopiedAtOnce; j++)
                    {
                        start[count + done + j] = (uint)(i * WordBits) + (uint)BitOperations.TrailingZeroCount(word);
                        word &= word - 1;
                    }
                }

                count += held;
            }
        }

        for (; i < length; i++)
        {
            for (var word = words[i]; word != 0; word &= word - 1)
            {
                if (count == target.Length)
                {
                    return count;
                }

                target[count++] = (uint)(i * WordBits) + (uint)BitOperations.TrailingZeroCount(word);
            }
        }

        return count;
    }

    /// <summary>The smallest ordinal that is not less than <paramref name="from"/>; <see cref="Rows"/> when there is none.</summary>
    public uint Next(uint from)
    {
        if (from >= Rows)
        {
            return Rows;
        }

        var i = (int)(from / WordBits);
        var word = words[i] & (ulong.MaxValue << (int)(from % WordBits));
        while (word == 0)
        {
            if (++i == length)
            {
                return Rows;
            }

            word = words[i];
        }

        return (uint)(i * WordBits) + (uint)BitOperations.TrailingZeroCount(word);
    }

    /// <summary>A sink that adds to this set.</summary>
    public Sink AsSink() => new(this);

    private void Combine<TOperation>(OrdinalBits other)
        where TOperation : struct, IOperation
    {
        if (other.Rows != Rows)
        {
            throw new ArgumentException($"has the bound {other.Rows}, this set {Rows}", nameof(other));
        }

        for (var i = 0; i < length; i += StepWords)
        {
            TOperation.Apply(Vector512.Load(words + i), Vector512.Load(other.words + i)).Store(words + i);
        }
    }

    /// <summary>Adds what it is given to a set.</summary>
    public readonly struct Sink(OrdinalBits set) : IOrdinalSink
    {
        /// <inheritdoc/>
        public bool Add(uint ordinal)
        {
            set.Add(ordinal);
            return true;
        }

        /// <inheritdoc/>
        public bool AddBits(uint first, ulong* words, int count)
        {
            if (first < set.Rows)
            {
                set.AddBits(first, words, count);
            }

            return true;
        }
    }

    private interface IOperation
    {
        static abstract Vector512<ulong> Apply(Vector512<ulong> left, Vector512<ulong> right);
    }

    private readonly struct Intersection : IOperation
    {
        public static Vector512<ulong> Apply(Vector512<ulong> left, Vector512<ulong> right) => left & right;
    }

    private readonly struct Union : IOperation
    {
        public static Vector512<ulong> Apply(Vector512<ulong> left, Vector512<ulong> right) => left | right;
    }

    private readonly struct Difference : IOperation
    {
        public static Vector512<ulong> Apply(Vector512<ulong> left, Vector512<ulong> right) => Vector512.AndNot(left, right);
    }
}
