using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Operations;

/// <summary>Merges a payload into points' payloads, at the top or at a nested path.</summary>
/// <param name="Selection">The points.</param>
/// <param name="Payload">The keys to set.</param>
/// <param name="Key">Where to merge; null for the payload itself.</param>
public sealed record SetPayload(PointSelection Selection, PayloadDocument Payload, PayloadPath? Key = null) : PointOperation;
