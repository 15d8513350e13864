using OrleansVectors.Partitions;

namespace OrleansVectors.Collections.Routing;

/// <summary>
/// Which partition a point belongs to: its id's stable hash names one of <see cref="SlotCount"/> slots, and runs of slots
/// belong to partitions. Stored points depend on both numbers.
/// </summary>
internal sealed class SlotMap(int partitionCount)
{
    /// <summary>Slots of every collection, a power of two.</summary>
    public const int SlotCount = 1024;

    public int PartitionCount { get; } = partitionCount;

    public int PartitionOf(PointId id)
    {
        int slot = (int)(id.StableHash() & (SlotCount - 1));
        return slot * PartitionCount / SlotCount;
    }
}
