using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Schemas;

/// <summary>A payload index as a partition keeps it.</summary>
/// <param name="Number">
/// Stands for the index in file names. An index that is dropped and made again, or made with another type, gets a new one.
/// </param>
/// <param name="Path">Whose values are indexed.</param>
/// <param name="Type">Which values; others under the path are passed over.</param>
public sealed record PayloadIndexSchema(ushort Number, PayloadPath Path, PayloadIndexType Type);
