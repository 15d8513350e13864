using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Ordinals;

namespace OrleansVectors.Partitions.Searching;

/// <summary>Admits the points of a set of which it is known that they match and may be looked at.</summary>
internal readonly struct KnownOrdinals(OrdinalBits matches) : IOrdinalFilter
{
    public bool Admits(uint ordinal) => matches.Contains(ordinal);
}
