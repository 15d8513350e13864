using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace OrleansVectors.Numerics;

/// <summary>
/// Keeps the k nearest of the candidates it is shown, over memory that the caller lends it: nothing is allocated.
/// </summary>
/// <remarks>
/// A bounded max-heap of 64-bit keys. A key is the distance's bits, rearranged so that unsigned order is numeric
/// order, followed by the ordinal: one integer comparison orders by distance and breaks ties by the smaller ordinal,
/// so the result does not depend on the order of arrival. -0 counts as 0; NaN sorts behind positive infinity.
/// A mutable struct: pass it by reference, one thread at a time.
/// </remarks>
public unsafe struct TopK
{
    private readonly ulong* keys;
    private readonly int capacity;
    private int count;

    /// <summary>Starts empty over <paramref name="storage"/>, which must hold <paramref name="k"/> items of 8 bytes and outlive this value.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is negative.</exception>
    public TopK(ulong* storage, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        keys = storage;
        capacity = k;
        count = 0;
    }

    /// <summary>How many candidates are held, at most k.</summary>
    public readonly int Count => count;

    /// <summary>Whether k candidates are held.</summary>
    public readonly bool IsFull => count == capacity;

    /// <summary>
    /// A candidate farther than this cannot enter: the worst distance held once full, positive infinity before.
    /// One at exactly this distance enters only with a smaller ordinal.
    /// </summary>
    public readonly float Threshold => count < capacity ? float.PositiveInfinity : capacity == 0 ? float.NegativeInfinity : DistanceOf(keys[0]);

    /// <summary>Shows one candidate.</summary>
    /// <returns>Whether it is among the k nearest so far.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Push(float distance, uint ordinal)
    {
        var key = KeyOf(distance, ordinal);
        if (count < capacity)
        {
            SiftUp(key);
            return true;
        }

        if (capacity == 0 || key >= keys[0])
        {
            return false;
        }

        SiftDown(key, count);
        return true;
    }

    /// <summary>Empties the heap into <paramref name="destination"/>, nearest first.</summary>
    /// <returns>How many were written.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <see cref="Count"/>.</exception>
    public int DrainAscending(Span<Candidate> destination)
    {
        if (destination.Length < count)
        {
            throw new ArgumentException($"holds {destination.Length} candidates, {count} are to be drained", nameof(destination));
        }

        var drained = count;
        for (var end = drained - 1; end >= 0; end--)
        {
            var worst = keys[0];
            destination[end] = new Candidate(DistanceOf(worst), (uint)worst);
            SiftDown(keys[end], end);
        }

        count = 0;
        return drained;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong KeyOf(float distance, uint ordinal)
    {
        // Adding zero turns -0 into 0. Negative numbers have their bits flipped, the others their sign bit.
        // The sign of a NaN is cleared first, or half of the NaNs would sort before everything.
        var bits = float.IsNaN(distance) ? 0x7FFF_FFFFu : BitConverter.SingleToUInt32Bits(distance + 0f);
        bits ^= (uint)((int)bits >> 31) | 0x8000_0000u;
        return ((ulong)bits << 32) | ordinal;
    }

    private static float DistanceOf(ulong key)
    {
        var bits = (uint)(key >> 32);
        bits ^= (bits & 0x8000_0000u) != 0 ? 0x8000_0000u : 0xFFFF_FFFFu;
        return BitConverter.UInt32BitsToSingle(bits);
    }

    private void SiftUp(ulong key)
    {
        var hole = count++;
        while (hole > 0)
        {
            var parent = (hole - 1) >> 1;
            if (keys[parent] >= key)
            {
                break;
            }

            keys[hole] = keys[parent];
            hole = parent;
        }

        keys[hole] = key;
    }

    /// <summary>Puts <paramref name="key"/> in the place of the root of a heap of <paramref name="size"/> keys.</summary>
    private readonly void SiftDown(ulong key, int size)
    {
        Debug.Assert(size <= capacity, "the heap never outgrows the memory it was lent");
        var hole = 0;
        while (true)
        {
            var child = (2 * hole) + 1;
            if (child >= size)
            {
                break;
            }

            if (child + 1 < size && keys[child + 1] > keys[child])
            {
                child++;
            }

            if (keys[child] <= key)
            {
                break;
            }

            keys[hole] = keys[child];
            hole = child;
        }

        keys[hole] = key;
    }
}
