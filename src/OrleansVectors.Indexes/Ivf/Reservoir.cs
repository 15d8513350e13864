using System.Diagnostics;
using System.Runtime.CompilerServices;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// Keeps the k nearest of a stream in which most are too far: what may be near is appended, and when the memory is full all
/// but the k nearest are dropped at once, so that an arrival costs one store where a heap sifts.
/// </summary>
/// <remarks>
/// Items are 64-bit keys: the distance's bits in an order of unsigned numbers, then the ordinal, so equal distances go to
/// the smaller ordinal whatever the order of arrival. A distance that is no number never enters. Mutable: pass it by reference.
/// </remarks>
internal unsafe struct Reservoir
{
    private const int Slack = 64;

    private readonly ulong* keys;
    private readonly int k;
    private readonly int capacity;
    private int count;
    private ulong worst;

    /// <param name="keys">Memory for <see cref="CapacityFor"/> keys.</param>
    /// <param name="k">How many are wanted, at least 1.</param>
    public Reservoir(ulong* keys, int k)
    {
        Debug.Assert(k > 0, "a reservoir of nothing has no threshold");
        this.keys = keys;
        this.k = k;
        capacity = CapacityFor(k);
        count = 0;
        worst = ulong.MaxValue;
        Threshold = float.PositiveInfinity;
    }

    /// <summary>What is farther than this cannot enter; what is at it may.</summary>
    public float Threshold { get; private set; }

    /// <summary>Candidates held, at least the k nearest of those shown.</summary>
    public readonly int Count => count;

    /// <summary>How many are wanted.</summary>
    public readonly int K => k;

    public readonly bool HoldsEnough => count >= k;

    public static int CapacityFor(int k) => checked((2 * k) + Slack);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(float distance, uint ordinal)
    {
        var key = KeyOf(distance, ordinal);
        if (key < worst)
        {
            keys[count++] = key;
            if (count == capacity)
            {
                Prune();
            }
        }
    }

    /// <summary>Empties it, nearest first.</summary>
    /// <returns>How many were written, at most k.</returns>
    public int Drain(Span<Candidate> destination)
    {
        var drained = Sort();
        for (var i = 0; i < drained; i++)
        {
            destination[i] = new Candidate(DistanceOf(keys[i]), (uint)keys[i]);
        }

        count = 0;
        return drained;
    }

    /// <summary>Sorts the k nearest to the front of its memory.</summary>
    /// <returns>How many they are.</returns>
    public int Sort()
    {
        if (count > k)
        {
            Prune();
        }

        new Span<ulong>(keys, count).Sort();
        return count;
    }

    public static float DistanceOf(ulong key)
    {
        var bits = (uint)(key >> 32);
        bits ^= (bits & 0x8000_0000u) != 0 ? 0x8000_0000u : 0xFFFF_FFFFu;
        return BitConverter.UInt32BitsToSingle(bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong KeyOf(float distance, uint ordinal)
    {
        // Adding zero turns -0 into 0. Negative numbers have their bits flipped, the others their sign bit.
        var bits = BitConverter.SingleToUInt32Bits(distance + 0f);
        bits ^= (uint)((int)bits >> 31) | 0x8000_0000u;
        return ((ulong)bits << 32) | ordinal;
    }

    /// <summary>Hoare's selection: afterwards the first k keys are the smallest.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Prune()
    {
        int left = 0, right = count - 1;
        while (left < right)
        {
            // Keys arrive in no order that could make the middle one a bad pivot again and again.
            var pivot = keys[left + ((right - left) / 2)];
            int i = left, j = right;
            while (i <= j)
            {
                while (keys[i] < pivot)
                {
                    i++;
                }

                while (keys[j] > pivot)
                {
                    j--;
                }

                if (i <= j)
                {
                    (keys[i], keys[j]) = (keys[j], keys[i]);
                    i++;
                    j--;
                }
            }

            if (k - 1 <= j)
            {
                right = j;
            }
            else if (k - 1 >= i)
            {
                left = i;
            }
            else
            {
                break;
            }
        }

        count = k;
        var largest = 0UL;
        for (var i = 0; i < k; i++)
        {
            largest = Math.Max(largest, keys[i]);
        }

        worst = largest;
        Threshold = DistanceOf(largest);
    }
}
