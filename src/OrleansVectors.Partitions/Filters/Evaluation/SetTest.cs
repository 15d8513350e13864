using System.Text;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>
/// The value is one of a set, or (<paramref name="inside"/> false) there is a value, not null, that is not. Sets are
/// sorted arrays: they are searched in the stored bytes, where a hash table would need a string.
/// </summary>
internal sealed class SetTest(MatchSet set, bool inside) : ValueTest
{
    private readonly byte[][] _strings = SortStrings(set.Strings);
    private readonly long[] _integers = [.. set.Integers.Order()];

    protected override bool Passes(PayloadView value)
        => value.Kind switch
        {
            PayloadKind.Null => false,
            PayloadKind.Int64 => ContainsInteger(value) == inside,
            PayloadKind.String => ContainsString(value) == inside,
            _ => !inside,
        };

    private bool ContainsInteger(PayloadView value)
        => value.TryGetInt64(out long stored) && Array.BinarySearch(_integers, stored) >= 0;

    private bool ContainsString(PayloadView value)
    {
        value.TryGetString(out ReadOnlySpan<byte> stored);
        int low = 0;
        int high = _strings.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = stored.SequenceCompareTo(_strings[middle]);
            if (order == 0)
            {
                return true;
            }

            (low, high) = order > 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return false;
    }

    private static byte[][] SortStrings(IReadOnlyList<string> strings)
    {
        byte[][] sorted = [.. strings.Select(Encoding.UTF8.GetBytes)];
        Array.Sort(sorted, (a, b) => a.AsSpan().SequenceCompareTo(b));
        return sorted;
    }
}
