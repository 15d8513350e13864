using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Operations;

/// <summary>Removes keys from points' payloads.</summary>
public sealed record DeletePayloadKeys(PointSelection Selection, IReadOnlyList<PayloadPath> Keys) : PointOperation;
