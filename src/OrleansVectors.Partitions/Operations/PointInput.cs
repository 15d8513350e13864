using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Operations;

/// <summary>A point as a caller gives it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Vectors">Its vectors; may be empty. Names are unique.</param>
/// <param name="Payload">Its payload; <see cref="PayloadDocument.Empty"/> when there is none.</param>
public sealed record PointInput(PointId Id, IReadOnlyList<NamedVector> Vectors, PayloadDocument Payload);
