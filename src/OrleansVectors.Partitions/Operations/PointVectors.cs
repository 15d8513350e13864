namespace OrleansVectors.Partitions.Operations;

/// <summary>New vectors for one point.</summary>
public sealed record PointVectors(PointId Id, IReadOnlyList<NamedVector> Vectors);
