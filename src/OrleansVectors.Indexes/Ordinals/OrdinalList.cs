using System.Numerics;

namespace OrleansVectors.Indexes.Ordinals;

/// <summary>Collects ordinals into memory of the caller, up to its length; what is more is noted and dropped.</summary>
/// <param name="target">Receives the ordinals, as they come. It must not move.</param>
/// <param name="length">How many it can take.</param>
public unsafe struct OrdinalList(uint* target, int length) : IOrdinalSink
{
    /// <summary>Ordinals collected.</summary>
    public int Count { get; private set; }

    /// <summary>True when there were more than the target can take.</summary>
    public bool Overflowed { get; private set; }

    /// <inheritdoc/>
    public bool Add(uint ordinal)
    {
        if (Count == length)
        {
            Overflowed = true;
            return false;
        }

        target[Count++] = ordinal;
        return true;
    }

    /// <inheritdoc/>
    public bool AddBits(uint first, ulong* words, int count)
    {
        for (var i = 0; i < count; i++)
        {
            for (var word = Volatile.Read(ref words[i]); word != 0; word &= word - 1)
            {
                if (!Add(first + (uint)(i * 64) + (uint)BitOperations.TrailingZeroCount(word)))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
