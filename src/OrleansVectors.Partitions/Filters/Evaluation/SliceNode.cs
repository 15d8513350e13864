using System.Buffers.Binary;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>The id's hash falls into a slice.</summary>
internal sealed class SliceNode(uint total, uint index) : FilterNode
{
    public override bool NeedsPayload => false;

    public override bool Matches(in FilterPoint point) => !point.IsElement && Hash(point.Id) % total == index;

    /// <summary>Clients may compute this themselves, so it never changes.</summary>
    public static ulong Hash(PointId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (id.IsUuid)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, id.Bits);
            return SipHash24.Hash(bytes);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, id.Number);
        return SipHash24.Hash(bytes[..8]);
    }
}
