namespace OrleansVectors.Partitions.Operations;

/// <summary>Deletes points.</summary>
public sealed record DeletePoints(PointSelection Selection) : PointOperation;
