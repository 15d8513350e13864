namespace OrleansVectors.Indexes.PayloadIndexes;

/// <summary>Numbers as 64-bit keys that are ordered as the numbers are.</summary>
public static class OrderedKeys
{
    /// <summary>The key of minus infinity: the smallest of a number.</summary>
    public static readonly long SmallestReal = OfReal(double.NegativeInfinity);

    /// <summary>The key of infinity: the largest of a number.</summary>
    public static readonly long LargestReal = OfReal(double.PositiveInfinity);

    /// <summary>The key of a number; both zeros have one. Not for NaN, which has no place in an order.</summary>
    public static long OfReal(double value)
    {
        // Sign and magnitude become two's complement; adding 0.0 turns -0.0 into 0.0.
        var bits = BitConverter.DoubleToInt64Bits(value + 0.0);
        return bits >= 0 ? bits : long.MinValue - bits;
    }

    /// <summary>The number of a key.</summary>
    public static double ToReal(long key) => BitConverter.Int64BitsToDouble(key >= 0 ? key : long.MinValue - key);

    /// <summary>The smallest key from <paramref name="low"/> to <paramref name="high"/> for which a condition holds that holds for all larger ones too; null when there is none.</summary>
    public static long? First(long low, long high, Func<long, bool> holds)
    {
        if (!holds(high))
        {
            return null;
        }

        while (low < high)
        {
            // The mean without overflow, rounded down.
            var middle = (low & high) + ((low ^ high) >> 1);
            if (holds(middle))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    /// <summary>The largest key from <paramref name="low"/> to <paramref name="high"/> for which a condition holds that holds for all smaller ones too; null when there is none.</summary>
    public static long? Last(long low, long high, Func<long, bool> holds)
    {
        var after = First(low, high, key => !holds(key));
        return after is null ? high : after == low ? null : after - 1;
    }
}
