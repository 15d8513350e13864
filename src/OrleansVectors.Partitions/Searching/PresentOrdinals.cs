using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Ordinals;
using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Searching;

/// <summary>Admits points that have the searched vector, of those that are known to match.</summary>
/// <param name="field">The searched vector.</param>
/// <param name="end">Ordinals from here on are left out.</param>
/// <param name="excluded">A point that is left out.</param>
internal readonly unsafe struct PresentOrdinals(VectorField field, uint end, uint excluded) : IOrdinalFilter
{
    private readonly byte* _present = field.Presence.Base;

    /// <summary>Whether all are admitted that were visible at a moment.</summary>
    /// <param name="moment">Taken before this is asked.</param>
    public bool IsEverything(AppliedState moment) => !field.MayLack && end >= moment.Rows && excluded == PointRow.NoPrevious;

    /// <summary>Takes out of a set what is not admitted.</summary>
    public void Narrow(OrdinalBits set)
    {
        set.RemoveFrom(end);
        set.AndFlags(_present);
        set.Remove(excluded);
    }

    public bool Admits(uint ordinal) => ordinal < end && _present[ordinal] != 0 && ordinal != excluded;
}
