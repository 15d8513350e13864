using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Operations;

/// <summary>Replaces points' payloads whole.</summary>
public sealed record OverwritePayload(PointSelection Selection, PayloadDocument Payload) : PointOperation;
