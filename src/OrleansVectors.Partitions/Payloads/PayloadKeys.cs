using System.Buffers;

namespace OrleansVectors.Partitions.Payloads;

/// <summary>
/// Makes the keys of one object unique after they were written: the last property with a key stays, at its place. Few
/// keys are compared in pairs; many are sorted, so that an object with a million keys costs n log n.
/// </summary>
internal static class PayloadKeys
{
    private const int PairwiseMax = 16;

    /// <summary>
    /// Removes superseded properties in <c>buffer[start..end]</c>, and null ones that begin at
    /// <paramref name="dropNullsFrom"/> or later; returns the new end.
    /// </summary>
    public static int KeepLast(byte[] buffer, int start, int end, int dropNullsFrom)
    {
        int count = CountProperties(buffer, start, end);
        if (count < 2 && dropNullsFrom >= end)
        {
            return end;
        }

        int[] offsets = ArrayPool<int>.Shared.Rent(count);
        bool[] dropped = ArrayPool<bool>.Shared.Rent(count);
        try
        {
            dropped.AsSpan(0, count).Clear();
            bool any = MarkNulls(buffer, start, end, dropNullsFrom, offsets, dropped);
            any |= count <= PairwiseMax
                ? MarkPairwise(buffer, end, offsets.AsSpan(0, count), dropped)
                : MarkSorted(buffer, end, offsets.AsSpan(0, count), dropped);
            return any ? Compact(buffer, end, offsets.AsSpan(0, count), dropped) : end;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(offsets);
            ArrayPool<bool>.Shared.Return(dropped);
        }
    }

    /// <summary>True when no key occurs twice among the properties of <paramref name="body"/>.</summary>
    public static bool AreUnique(ReadOnlySpan<byte> body)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(body.Length);
        try
        {
            body.CopyTo(copy);
            return KeepLast(copy, 0, body.Length, int.MaxValue) == body.Length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private static int CountProperties(byte[] buffer, int start, int end)
    {
        ReadOnlySpan<byte> bytes = buffer.AsSpan(0, end);
        int count = 0;
        for (int position = start; position < end; count++)
        {
            int keyLength = PayloadFormat.ReadLength(bytes, ref position);
            position += keyLength;
            position += PayloadFormat.ValueBytes(bytes, position);
        }

        return count;
    }

    private static bool MarkNulls(byte[] buffer, int start, int end, int dropNullsFrom, int[] offsets, bool[] dropped)
    {
        ReadOnlySpan<byte> bytes = buffer.AsSpan(0, end);
        bool any = false;
        int index = 0;
        for (int position = start; position < end; index++)
        {
            offsets[index] = position;
            int keyLength = PayloadFormat.ReadLength(bytes, ref position);
            position += keyLength;
            if (offsets[index] >= dropNullsFrom && bytes[position] == (byte)PayloadKind.Null)
            {
                dropped[index] = true;
                any = true;
            }

            position += PayloadFormat.ValueBytes(bytes, position);
        }

        return any;
    }

    private static bool MarkPairwise(byte[] buffer, int end, ReadOnlySpan<int> offsets, bool[] dropped)
    {
        bool any = false;
        for (int earlier = 0; earlier < offsets.Length - 1; earlier++)
        {
            ReadOnlySpan<byte> key = KeyAt(buffer, end, offsets[earlier]);
            for (int later = earlier + 1; later < offsets.Length; later++)
            {
                if (KeyAt(buffer, end, offsets[later]).SequenceEqual(key))
                {
                    dropped[earlier] = true;
                    any = true;
                    break;
                }
            }
        }

        return any;
    }

    private static bool MarkSorted(byte[] buffer, int end, ReadOnlySpan<int> offsets, bool[] dropped)
    {
        int[] order = ArrayPool<int>.Shared.Rent(offsets.Length);
        try
        {
            offsets.CopyTo(order);
            Span<int> sorted = order.AsSpan(0, offsets.Length);
            sorted.Sort((a, b) =>
            {
                int byKey = KeyAt(buffer, end, a).SequenceCompareTo(KeyAt(buffer, end, b));
                return byKey != 0 ? byKey : a.CompareTo(b);
            });
            bool any = false;
            for (int i = 1; i < sorted.Length; i++)
            {
                if (KeyAt(buffer, end, sorted[i - 1]).SequenceEqual(KeyAt(buffer, end, sorted[i])))
                {
                    dropped[offsets.BinarySearch(sorted[i - 1])] = true;
                    any = true;
                }
            }

            return any;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(order);
        }
    }

    private static int Compact(byte[] buffer, int end, ReadOnlySpan<int> offsets, bool[] dropped)
    {
        int target = offsets[0];
        for (int i = 0; i < offsets.Length; i++)
        {
            int length = (i + 1 < offsets.Length ? offsets[i + 1] : end) - offsets[i];
            if (!dropped[i])
            {
                buffer.AsSpan(offsets[i], length).CopyTo(buffer.AsSpan(target));
                target += length;
            }
        }

        return target;
    }

    private static ReadOnlySpan<byte> KeyAt(byte[] buffer, int end, int offset)
    {
        ReadOnlySpan<byte> bytes = buffer.AsSpan(0, end);
        int length = PayloadFormat.ReadLength(bytes, ref offset);
        return bytes.Slice(offset, length);
    }
}
