using OrleansVectors.Indexes.Filters;

namespace OrleansVectors.Partitions.Searching;

/// <summary>Of points that may be looked at those that an index holds, and codes with it; or those that it does not hold yet.</summary>
/// <param name="present">Points that may be looked at.</param>
/// <param name="below">Below this ordinal the index holds everything,</param>
/// <param name="pending">but these, ascending.</param>
/// <param name="isIndexed">Which of both are admitted.</param>
internal readonly struct IndexedOrdinals(PresentOrdinals present, uint below, uint[] pending, bool isIndexed) : IOrdinalFilter
{
    public bool Admits(uint ordinal)
        => (ordinal < below && (pending.Length == 0 || Array.BinarySearch(pending, ordinal) < 0)) == isIndexed && present.Admits(ordinal);
}
