namespace OrleansVectors.Partitions.Operations;

/// <summary>Removes named vectors from points; the points stay.</summary>
public sealed record DeleteVectors(PointSelection Selection, IReadOnlyList<string> Names) : PointOperation;
