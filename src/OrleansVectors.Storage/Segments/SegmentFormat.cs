using System.Buffers.Binary;
using OrleansVectors.Storage.Checksums;

namespace OrleansVectors.Storage.Segments;

/// <summary>
/// Layout of a segment file, version 1. All numbers are little-endian.
/// <code>
/// file    := header page, chunk*, table, trailer
/// header  :=  0  8  magic "OVECTSEG"
///             8  4  version
///            12  4  zero
///            16  8  segment id
///            24 36  zero
///            60  4  CRC32C of bytes 0..59; zeros up to 4096
/// chunk   := its bytes, then zeros up to a multiple of 4096
/// table   := for each chunk:  0  8  offset
///                             8  4  length
///                            12  4  CRC32C of its bytes
/// trailer :=  0  8  offset of the table
///             8  4  chunks
///            12  4  CRC32C of the table
///            16  8  magic "OVECTEND"
///            24  4  zero
///            28  4  CRC32C of bytes 0..27
/// </code>
/// Chunks start on pages so that they can be mapped into memory where they are.
/// </summary>
public static class SegmentFormat
{
    /// <summary>The version written.</summary>
    public const int Version = 1;

    /// <summary>What chunks are aligned to.</summary>
    public const int PageBytes = 4096;

    /// <summary>The longest chunk, in bytes.</summary>
    public const int ChunkBytesMax = 64 << 20;

    internal const int HeaderBytes = 64;
    internal const int TableEntryBytes = 16;
    internal const int TrailerBytes = 32;
    internal const string Extension = ".seg";

    private static ReadOnlySpan<byte> Magic => "OVECTSEG"u8;

    private static ReadOnlySpan<byte> EndMagic => "OVECTEND"u8;

    /// <summary>The next page's start at or behind an offset.</summary>
    public static long AlignUp(long offset) => (offset + (PageBytes - 1)) & -PageBytes;

    internal static string FileName(SegmentId id) => $"{id.Value:D20}{Extension}";

    internal static void WriteHeader(Span<byte> target, SegmentId id)
    {
        target.Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], id.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(target[60..], Crc32C.Compute(target[..60]));
    }

    internal static void CheckHeader(ReadOnlySpan<byte> header, SegmentId id, string path)
    {
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(header[60..]);
        uint computed = Crc32C.Compute(header[..60]);
        if (!header.StartsWith(Magic) || stored != computed)
        {
            throw new SegmentDamagedException(path, 0, $"the segment's magic and crc32c {computed:x8}", $"crc32c {stored:x8}");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
        if (version != Version || number != id.Value)
        {
            throw new SegmentDamagedException(
                path, 8, $"version {Version} of segment {id}", $"version {version} of segment {number}");
        }
    }

    internal static void WriteTableEntry(Span<byte> target, in ChunkRef chunk)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, chunk.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], chunk.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], chunk.Crc32C);
    }

    internal static ChunkRef ReadTableEntry(ReadOnlySpan<byte> source, SegmentId id)
        => new(
            id,
            BinaryPrimitives.ReadInt64LittleEndian(source),
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[12..]));

    internal static void WriteTrailer(Span<byte> target, in SegmentTrailer trailer)
    {
        target.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(target, trailer.TableOffset);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], trailer.Chunks);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], trailer.TableCrc);
        EndMagic.CopyTo(target[16..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[28..], Crc32C.Compute(target[..28]));
    }

    internal static SegmentTrailer ReadTrailer(ReadOnlySpan<byte> source, string path, long offset)
    {
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(source[28..]);
        uint computed = Crc32C.Compute(source[..28]);
        SegmentTrailer trailer = new(
            BinaryPrimitives.ReadInt64LittleEndian(source),
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[12..]));
        return stored == computed && source[16..24].SequenceEqual(EndMagic)
            && trailer.TableOffset + ((long)trailer.Chunks * TableEntryBytes) == offset
            ? trailer
            : throw new SegmentDamagedException(path, offset, $"a trailer with crc32c {computed:x8}", $"crc32c {stored:x8}");
    }
}
