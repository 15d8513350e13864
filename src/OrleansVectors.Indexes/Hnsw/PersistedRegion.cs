using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>A part of a graph that a checkpoint stores: the first <paramref name="UsedBytes"/> bytes of a region.</summary>
/// <param name="Name">Stable name of the part.</param>
/// <param name="Region">The memory; its contents do not depend on its address.</param>
/// <param name="UsedBytes">Bytes in use at the moment of asking; grows only.</param>
public readonly record struct PersistedRegion(string Name, NativeRegion Region, long UsedBytes);
