using OrleansVectors.Indexes.Filters;
using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Searching;

/// <summary>Admits the versions that a reader at one moment may see and that have the searched vector.</summary>
internal readonly unsafe struct VisibleOrdinals(PointTable table, VectorField field, AppliedState moment, uint excluded)
    : IOrdinalFilter
{
    private readonly PointRow* _rows = table.Rows;
    private readonly byte* _present = field.Presence.Base;
    private readonly ulong _sequence = moment.Sequence;
    private readonly uint _count = moment.Rows;
    private readonly uint _excluded = excluded;

    public bool Admits(uint ordinal)
        => ordinal < _count
            && _present[ordinal] != 0
            && PointTable.IsVisible(_rows + ordinal, _sequence)
            && ordinal != _excluded;
}
