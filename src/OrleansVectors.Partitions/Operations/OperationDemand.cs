using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Rows;

namespace OrleansVectors.Partitions.Operations;

/// <summary>Adds up what the operations of a list need at most. Points that a filter selects may be all there are.</summary>
internal struct OperationDemand(PartitionState state)
{
    private readonly long _livePoints = state.Applied.LivePoints;
    private readonly long _livePayloadBytes = state.Payloads.LiveBytes;

    public long Versions { get; private set; }

    public long PayloadBytes { get; private set; }

    /// <summary>A point is stored with a payload of so many bytes.</summary>
    public void Stores(int payloadBytes)
    {
        Versions++;
        PayloadBytes += PayloadHeap.RecordBytes(payloadBytes);
    }

    /// <summary>Points get a new version with the payload they have.</summary>
    public void Renews(long? points)
    {
        Versions += points ?? _livePoints;
        PayloadBytes += Present(points);
    }

    /// <summary>Payloads are written again, each by so many bytes larger at most.</summary>
    public void Rewrites(long? points, int addedBytes)
    {
        long added = (points ?? _livePoints) * PayloadHeap.RecordBytes(addedBytes);
        PayloadBytes += Math.Min(PayloadHeap.BytesMax, Present(points) + added);
    }

    private readonly long Present(long? points)
        => Math.Min(_livePayloadBytes, (points ?? _livePoints) * PayloadHeap.RecordBytes(PayloadLimits.BytesMax));
}
