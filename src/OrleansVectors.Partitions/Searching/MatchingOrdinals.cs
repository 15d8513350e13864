using OrleansVectors.Indexes.Filters;
using OrleansVectors.Partitions.Filters.Resolution;

namespace OrleansVectors.Partitions.Searching;

/// <summary>Admits the points that match a filter, looking at payloads where nothing is known beforehand.</summary>
internal readonly struct MatchingOrdinals(FilterMatches matches, PresentOrdinals present) : IOrdinalFilter
{
    public bool Admits(uint ordinal) => present.Admits(ordinal) && matches.Admits(ordinal);
}
