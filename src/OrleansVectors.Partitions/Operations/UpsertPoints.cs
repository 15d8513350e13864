using OrleansVectors.Partitions.Filters;

namespace OrleansVectors.Partitions.Operations;

/// <summary>Writes whole points: vectors and payload replace what was stored under the same id.</summary>
/// <param name="Points">The points; ids are unique within the operation.</param>
/// <param name="Mode">Whether points may be created, replaced, or both.</param>
/// <param name="UpdateFilter">When given, an existing point is replaced only if it matches; new points are not affected.</param>
public sealed record UpsertPoints(
    IReadOnlyList<PointInput> Points,
    UpsertMode Mode = UpsertMode.Upsert,
    Filter? UpdateFilter = null) : PointOperation;
