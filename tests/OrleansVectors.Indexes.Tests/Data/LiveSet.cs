using OrleansVectors.Indexes.Filters;

namespace OrleansVectors.Indexes.Tests.Data;

/// <summary>Admits what is in a table of bits.</summary>
internal readonly struct LiveSet(bool[] live) : IOrdinalFilter
{
    public bool Admits(uint ordinal) => ordinal < live.Length && Volatile.Read(ref live[ordinal]);
}
