using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Rows;

namespace OrleansVectors.Partitions.Writing;

/// <summary>
/// Promises ordinals and payload space to operations before they are logged: applying cannot fail, and how much ended
/// versions still hold depends on readers and indexing, which a replay would not repeat.
/// </summary>
internal sealed class RoomBudget(PartitionState state)
{
    /// <summary>Bytes of the payload heap's addresses that are left to what the partition does by itself: moving and copying together.</summary>
    private const long PayloadBytesSpare = 2L << 30;

    private readonly Lock _lock = new();
    private long _versions;
    private long _payloadBytes;

    /// <summary>Takes what an operation needs; false when that much is not free now.</summary>
    public bool TryTake(OperationNeed need)
    {
        lock (_lock)
        {
            // In this order: the number of rows falls after free ones have been given up.
            long versions = state.Table.Count;
            versions -= state.Table.Free.Count;
            bool fits = (need.Versions == 0 || versions + _versions + need.Versions <= state.Table.OrdinalsMax)
                && (need.PayloadBytes == 0
                    || state.Payloads.InUseBytes + _payloadBytes + need.PayloadBytes <= state.Payloads.Region.ReservedBytes - PayloadBytesSpare);
            if (fits)
            {
                _versions += need.Versions;
                _payloadBytes += need.PayloadBytes;
            }

            return fits;
        }
    }

    /// <summary>Gives back what was taken for an operation, when it has been applied or came to nothing.</summary>
    public void Return(OperationNeed need)
    {
        lock (_lock)
        {
            _versions -= need.Versions;
            _payloadBytes -= need.PayloadBytes;
        }
    }
}
