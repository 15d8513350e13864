using System.Buffers.Binary;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>The few numbers of an inverted file that are in none of its regions, and those that a restored one must agree on.</summary>
/// <remarks>
/// Little-endian, <see cref="FixedBytes"/> bytes and 4 for each chain of free blocks:
/// <code>
///  0  u32 magic "OVIV"          32  u64 ordinals end      64  f64 imbalance at training
///  4  u16 version 1             40  u64 entries           72  u64 points at training
///  6  u8  metric                48  u32 blocks end        80  f64 sum of recent distances
///  7  u8  0, or codes' kind + 1 52  u32 free chains       88  u64 recent distances
///  8  u32 dimension             56  f64 distance at       96  u32 first block of each chain
/// 12  u32 lists                     training
/// 16  u32 subvectors
/// 20  u32 lists looked into
/// 24  u64 seed
/// </code>
/// </remarks>
internal sealed record IvfState
{
    public const int FixedBytes = 96;
    private const uint Magic = 0x5649_564F;
    private const ushort Version = 1;

    public required DistanceMetric Metric { get; init; }

    public required QuantizerKind? Codes { get; init; }

    public required int Dim { get; init; }

    public required int Lists { get; init; }

    public required int Subvectors { get; init; }

    public required int NProbe { get; init; }

    public required ulong Seed { get; init; }

    public required uint OrdinalsEnd { get; init; }

    public required long Live { get; init; }

    public required uint BlocksEnd { get; init; }

    public required uint[] FreeChains { get; init; }

    public required double DistanceAtTraining { get; init; }

    public required double ImbalanceAtTraining { get; init; }

    public required long CountAtTraining { get; init; }

    public required double RecentSum { get; init; }

    public required long RecentCount { get; init; }

    public byte[] ToBytes()
    {
        var bytes = new byte[FixedBytes + (FreeChains.Length * sizeof(uint))];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), Version);
        bytes[6] = (byte)Metric;
        bytes[7] = (byte)(Codes is { } kind ? (byte)kind + 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Dim);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), Lists);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), Subvectors);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), NProbe);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), Seed);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), OrdinalsEnd);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), Live);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(48), BlocksEnd);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(52), FreeChains.Length);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(56), DistanceAtTraining);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(64), ImbalanceAtTraining);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(72), CountAtTraining);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(80), RecentSum);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(88), RecentCount);
        for (var i = 0; i < FreeChains.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(FixedBytes + (i * sizeof(uint))), FreeChains[i]);
        }

        return bytes;
    }

    /// <exception cref="IndexStateException">The bytes are not such a state.</exception>
    public static IvfState FromBytes(ReadOnlySpan<byte> bytes)
    {
        IndexStateException.ThrowUnless(bytes.Length >= FixedBytes, "inverted file", "size in bytes", bytes.Length, FixedBytes);
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        IndexStateException.ThrowUnless(magic == Magic, "inverted file", "magic", magic, Magic);
        var version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        IndexStateException.ThrowUnless(version == Version, "inverted file", "version", version, Version);
        long chains = BinaryPrimitives.ReadUInt32LittleEndian(bytes[52..]);
        var expected = FixedBytes + (chains * sizeof(uint));
        IndexStateException.ThrowUnless(bytes.Length == expected, "inverted file", "size in bytes", bytes.Length, expected);
        var ordinalsEnd = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]);
        IndexStateException.ThrowUnless(ordinalsEnd <= uint.MaxValue, "inverted file", "ordinals end", (long)ordinalsEnd, uint.MaxValue);
        var freeChains = new uint[chains];
        for (var i = 0; i < freeChains.Length; i++)
        {
            freeChains[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(FixedBytes + (i * sizeof(uint)))..]);
        }

        return new IvfState
        {
            Metric = (DistanceMetric)bytes[6],
            Codes = bytes[7] == 0 ? null : (QuantizerKind)(bytes[7] - 1),
            Dim = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            Lists = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            Subvectors = BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
            NProbe = BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]),
            Seed = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            OrdinalsEnd = (uint)ordinalsEnd,
            Live = BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BlocksEnd = BinaryPrimitives.ReadUInt32LittleEndian(bytes[48..]),
            FreeChains = freeChains,
            DistanceAtTraining = BinaryPrimitives.ReadDoubleLittleEndian(bytes[56..]),
            ImbalanceAtTraining = BinaryPrimitives.ReadDoubleLittleEndian(bytes[64..]),
            CountAtTraining = BinaryPrimitives.ReadInt64LittleEndian(bytes[72..]),
            RecentSum = BinaryPrimitives.ReadDoubleLittleEndian(bytes[80..]),
            RecentCount = BinaryPrimitives.ReadInt64LittleEndian(bytes[88..]),
        };
    }
}
