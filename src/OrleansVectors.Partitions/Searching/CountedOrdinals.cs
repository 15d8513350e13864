using OrleansVectors.Indexes.Filters;

namespace OrleansVectors.Partitions.Searching;

/// <summary>Counts what another filter admits, for a scan: that asks once about each ordinal.</summary>
internal readonly struct CountedOrdinals<TFilter>(TFilter filter, SearchTrace trace) : IOrdinalFilter
    where TFilter : struct, IOrdinalFilter
{
    public bool Admits(uint ordinal)
    {
        if (!filter.Admits(ordinal))
        {
            return false;
        }

        trace.Scanned++;
        return true;
    }
}
