namespace OrleansVectors.Partitions.Operations;

/// <summary>Removes points' payloads.</summary>
public sealed record ClearPayload(PointSelection Selection) : PointOperation;
