using System.Buffers.Binary;
using OrleansVectors.Storage.Checksums;

namespace OrleansVectors.Storage.Log;

/// <summary>
/// Layout of a log file, version 2. All numbers are little-endian.
/// <code>
/// file    := header record*
/// header  :=  0  8  magic "OVECTLOG"
///             8  4  version
///            12  4  zero
///            16  8  sequence of the first record
///            24  8  epoch of the opening that created the file
///            32  8  salt
///            40  8  time at which the file was created: no record in an older file is younger
///            48 12  zero
///            60  4  CRC32C of bytes 0..59
/// record  :=  0  4  CRC32C of salt, then bytes 4..47 of this record
///             4  4  CRC32C of salt, then operation and padding
///             8  4  length of the operation in bytes; 0 makes the record a mark
///            12  4  of a mark: 1 when it seals the file, which then has a successor; else zero
///            16  8  sequence; a mark repeats the last operation's
///            24  8  epoch
///            32  8  flushed: this file's first so many bytes were on the disk before this record was written
///            40  8  time, see <see cref="LogTime"/>
///            48  n  operation, then zeros up to a multiple of 8
/// </code>
/// Version 1, which is read and never written, has neither of the times: its records begin with 40 bytes, and their time
/// counts as <see cref="LogTime.None"/>.
/// A file's name is the sequence of its first record in 20 digits and ".log". The salt is random and never leaves the
/// file: bytes that a client stores inside an operation, or that an older file left on the disk's blocks, cannot pass
/// for a record. The header has a checksum of its own so that a length is trusted before that many bytes are read, and
/// so that records can be looked for behind a damaged place.
/// </summary>
internal static class LogFormat
{
    public const int Version = 2;
    public const int FileHeaderBytes = 64;
    public const int RecordAlignment = 8;
    public const string Extension = ".log";
    private const int FileCrcOffset = 60;

    private static ReadOnlySpan<byte> Magic => "OVECTLOG"u8;

    /// <summary>What the checksums of a file's records start from.</summary>
    public static uint Seed(ulong salt)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, salt);
        return Crc32C.Compute(bytes);
    }

    public static void WriteFileHeader(Span<byte> target, in LogFileHeader header)
    {
        target[..FileHeaderBytes].Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], header.First.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(target[24..], header.Epoch.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(target[32..], header.Salt);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], header.Created.Microseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(target[FileCrcOffset..], Crc32C.Compute(target[..FileCrcOffset]));
    }

    /// <exception cref="LogDamagedException">It is no header of this version, or not the one its name promises.</exception>
    public static LogFileHeader ReadFileHeader(ReadOnlySpan<byte> source, string path, LogSequence named)
    {
        if (source.Length < FileHeaderBytes)
        {
            throw new LogDamagedException(path, 0, $"a header of {FileHeaderBytes} bytes", $"{source.Length} bytes");
        }

        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(source[FileCrcOffset..]);
        uint computed = Crc32C.Compute(source[..FileCrcOffset]);
        if (!source.StartsWith(Magic) || stored != computed)
        {
            throw new LogDamagedException(path, 0, $"the log's magic and crc32c {computed:x8}", $"crc32c {stored:x8}");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(source[8..]);
        if (version is < 1 or > Version)
        {
            throw new LogDamagedException(path, 8, $"version 1 to {Version}", $"version {version}");
        }

        LogFileHeader header = new(
            new LogSequence(BinaryPrimitives.ReadUInt64LittleEndian(source[16..])),
            new Epoch(BinaryPrimitives.ReadUInt64LittleEndian(source[24..])),
            BinaryPrimitives.ReadUInt64LittleEndian(source[32..]),
            new LogTime(version == 1 ? 0 : BinaryPrimitives.ReadInt64LittleEndian(source[40..])),
            version);
        return header.First == named
            ? header
            : throw new LogDamagedException(path, 16, $"first sequence {named}", $"{header.First}");
    }

    public static string FileName(LogSequence first) => $"{first.Value:D20}{Extension}";

    /// <summary>The sequence in a log file's name; false for any other name.</summary>
    public static bool TryParseFileName(string name, out LogSequence first)
    {
        first = default;
        if (name.Length != 20 + Extension.Length || !name.EndsWith(Extension, StringComparison.Ordinal))
        {
            return false;
        }

        bool parsed = ulong.TryParse(name.AsSpan(0, 20), System.Globalization.NumberStyles.None, null, out ulong value);
        first = new LogSequence(value);
        return parsed;
    }
}
