using OrleansVectors.Partitions.Filters;

namespace OrleansVectors.Partitions.Operations;

/// <summary>Replaces the named vectors given and leaves a point's other vectors and payload alone.</summary>
/// <param name="Points">Ids with their new vectors; an id that does not exist is passed over.</param>
/// <param name="UpdateFilter">When given, only points that match are changed.</param>
public sealed record UpdateVectors(IReadOnlyList<PointVectors> Points, Filter? UpdateFilter = null) : PointOperation;
