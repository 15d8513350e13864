using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Ordinals;

namespace OrleansVectors.Partitions.Searching;

/// <summary>Admits the points of a set of which it is known that they match.</summary>
internal readonly struct KnownOrdinals(OrdinalBits matches, PresentOrdinals present) : IOrdinalFilter
{
    public bool Admits(uint ordinal) => matches.Contains(ordinal) && present.Admits(ordinal);
}
