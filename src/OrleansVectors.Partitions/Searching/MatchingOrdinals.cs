using OrleansVectors.Indexes.Filters;

namespace OrleansVectors.Partitions.Searching;

/// <summary>Admits visible versions that also match a filter.</summary>
internal readonly struct MatchingOrdinals(VisibleOrdinals visible, RowMatcher matcher, ulong sequence) : IOrdinalFilter
{
    public bool Admits(uint ordinal) => visible.Admits(ordinal) && matcher.Matches(ordinal, sequence);
}
