using System.Buffers.Binary;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>The few numbers of a graph that are in none of its regions, and the numbers that a restored one must agree on.</summary>
/// <remarks>
/// Little-endian, <see cref="SizeBytes"/> bytes:
/// <code>
///  0  u32 magic "OVHG"        16  u64 seed              40  u64 live nodes
///  4  u16 version 1           24  u32 entry ordinal     48  u64 upper blocks used
///  6  u8  metric, u8 zero     28  i32 entry level       56  u32 dimension
///  8  u32 m                   32  u64 ordinals end      60  u32 zero
/// 12  u32 ef construction
/// </code>
/// </remarks>
internal readonly record struct HnswState(
    DistanceMetric Metric,
    int M,
    int EfConstruction,
    ulong Seed,
    EntryPoint Entry,
    uint OrdinalsEnd,
    long LiveNodes,
    long UpperBlocksUsed,
    int Dim)
{
    public const int SizeBytes = 64;
    private const uint Magic = 0x4748_564F;
    private const ushort Version = 1;

    public byte[] ToBytes()
    {
        var bytes = new byte[SizeBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), Version);
        bytes[6] = (byte)Metric;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), M);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), EfConstruction);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), Seed);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), Entry.Ordinal);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), Entry.Level);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), OrdinalsEnd);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), LiveNodes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(48), UpperBlocksUsed);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(56), Dim);
        return bytes;
    }

    /// <exception cref="IndexStateException">The bytes are not such a state.</exception>
    public static HnswState FromBytes(ReadOnlySpan<byte> bytes)
    {
        IndexStateException.ThrowUnless(bytes.Length == SizeBytes, "graph", "size in bytes", bytes.Length, SizeBytes);
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        IndexStateException.ThrowUnless(magic == Magic, "graph", "magic", magic, Magic);
        var version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        IndexStateException.ThrowUnless(version == Version, "graph", "version", version, Version);
        return new HnswState(
            (DistanceMetric)bytes[6],
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            new EntryPoint(
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[28..])),
            (uint)BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[56..]));
    }
}
