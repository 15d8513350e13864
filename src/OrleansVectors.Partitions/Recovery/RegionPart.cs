using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Partitions.Recovery;

/// <summary>A region of a partition's memory that a checkpoint stores.</summary>
/// <param name="Name">Its name in the manifest.</param>
/// <param name="Region">The memory.</param>
/// <param name="UsedBytes">Bytes in use.</param>
/// <param name="Copying">When its bytes may be read.</param>
/// <param name="IsIndex">
/// It holds ordinals or offsets that lead readers elsewhere: it is checked before it is used. These are some 60 bytes a
/// point, so an opening spends about 20 ns on each; vectors and payloads are checked in the background.
/// </param>
internal readonly record struct RegionPart(
    string Name, NativeRegion Region, long UsedBytes, RegionCopying Copying, bool IsIndex = false);
