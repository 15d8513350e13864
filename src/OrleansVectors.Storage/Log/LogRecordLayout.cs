using System.Buffers.Binary;
using OrleansVectors.Storage.Checksums;

namespace OrleansVectors.Storage.Log;

/// <summary>How records lie in one file: by its version, and by the salt that its checksums begin with. See <see cref="LogFormat"/>.</summary>
internal readonly record struct LogRecordLayout(uint Seed, int HeaderBytes)
{
    /// <summary>Bytes of a record's header in a file of the version that is written.</summary>
    public const int CurrentHeaderBytes = 48;

    /// <summary>Bytes of a record's header in a file of version 1.</summary>
    private const int FirstHeaderBytes = 40;

    /// <summary>The layout of the records in a file.</summary>
    public static LogRecordLayout Of(in LogFileHeader file)
        => new(LogFormat.Seed(file.Salt), file.Version == 1 ? FirstHeaderBytes : CurrentHeaderBytes);

    /// <summary>Size of a record with header and padding.</summary>
    public long RecordBytes(int operationBytes) => PaddedBytes(HeaderBytes + (long)operationBytes);

    /// <summary>Size of a record that is going to be written.</summary>
    public static long CurrentRecordBytes(int operationBytes) => PaddedBytes(CurrentHeaderBytes + (long)operationBytes);

    /// <summary>Writes a record's header in the version that is written; the operation and its padding follow by themselves.</summary>
    public static void WriteHeader(Span<byte> target, uint seed, in LogRecordHeader header)
    {
        target[..CurrentHeaderBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], header.BodyCrc);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], header.OperationBytes);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], header.IsSeal ? 1 : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], header.Sequence.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(target[24..], header.Epoch.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], header.Flushed);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], header.Time.Microseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(target, Crc32C.Append(seed, target[4..CurrentHeaderBytes]));
    }

    /// <summary>Reads a record's header; false when its checksum or its length is not that of a record.</summary>
    public bool TryReadHeader(ReadOnlySpan<byte> source, out LogRecordHeader header)
    {
        header = new LogRecordHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            new LogSequence(BinaryPrimitives.ReadUInt64LittleEndian(source[16..])),
            new Epoch(BinaryPrimitives.ReadUInt64LittleEndian(source[24..])),
            BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            new LogTime(HeaderBytes == FirstHeaderBytes ? 0 : BinaryPrimitives.ReadInt64LittleEndian(source[40..])),
            BinaryPrimitives.ReadInt32LittleEndian(source[12..]) == 1);
        return header.OperationBytes is >= 0 and <= LogLimits.OperationBytesMax
            && BinaryPrimitives.ReadUInt32LittleEndian(source) == Crc32C.Append(Seed, source[4..HeaderBytes]);
    }

    private static long PaddedBytes(long bytes) => (bytes + (LogFormat.RecordAlignment - 1)) & -LogFormat.RecordAlignment;
}
