using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Partitions.Recovery;

/// <summary>A region of a partition's memory that a checkpoint stores.</summary>
/// <param name="Name">Its name in the manifest.</param>
/// <param name="Region">The memory.</param>
/// <param name="UsedBytes">Bytes in use.</param>
/// <param name="Copying">When its bytes may be read.</param>
internal readonly record struct RegionPart(string Name, NativeRegion Region, long UsedBytes, RegionCopying Copying);
