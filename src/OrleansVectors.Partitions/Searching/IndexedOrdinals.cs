using OrleansVectors.Indexes.Filters;

namespace OrleansVectors.Partitions.Searching;

/// <summary>Of visible points those that an index holds, and codes with it.</summary>
/// <param name="below">Below this ordinal the index holds everything,</param>
/// <param name="pending">but these, ascending.</param>
internal readonly struct IndexedOrdinals(uint below, uint[] pending) : IOrdinalFilter
{
    public bool Admits(uint ordinal) => ordinal < below && (pending.Length == 0 || Array.BinarySearch(pending, ordinal) < 0);
}
