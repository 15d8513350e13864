using System.Buffers;

namespace OrleansVectors.Storage.Log;

/// <summary>
/// Finds the end of the newest log file, and tells writes that a crash interrupted from damage.
/// </summary>
/// <remarks>
/// A crash may leave any mixture of a group's blocks on the disk: the first may be missing and a later one there. So a
/// bad record with good ones behind it is no proof of damage. But every record says how many bytes of its file were on
/// the disk before it was written (<see cref="LogRecordHeader.Flushed"/>). Hence the rule, for a bad record at byte b:
/// <list type="bullet">
/// <item>a header further on, itself sound, that was written when more than b bytes were on the disk: the bytes at b
/// were good once, and someone may have been told so. It is damage, and opening fails;</item>
/// <item>no such header: b and all after it belong to writes that were not flushed, or, the one case nothing on the disk
/// tells apart, to the last flushed group of a log that was not closed. They are cut, and the cut is reported. Closing a
/// log writes a mark that protects its last group too. Under <see cref="Durability.Os"/> groups count as flushed from
/// the next <see cref="LocalLog.Flush"/>, close or new file on.</item>
/// </list>
/// Files before the newest were flushed and cut to size before the next began: everything bad in their operations is damage.
/// What follows those is the seal, which is written afterwards and may be torn.
/// </remarks>
internal sealed class LogRecovery
{
    private const int SearchBytes = 256 << 10;

    private LogRecovery(LogFileHeader header)
    {
        Last = new LogSequence(header.First.Value - 1);
        Epoch = header.Epoch;
        Time = header.Created;
    }

    /// <summary>The last operation in the file, or the one before its first.</summary>
    public LogSequence Last { get; private set; }

    /// <summary>The newest epoch in the file.</summary>
    public Epoch Epoch { get; private set; }

    /// <summary>The youngest time in the file.</summary>
    public LogTime Time { get; private set; }

    /// <summary>Byte offset behind the last sound record.</summary>
    public long End { get; private set; } = LogFormat.FileHeaderBytes;

    /// <summary>How many bytes the file itself says were on the disk.</summary>
    public long Flushed { get; private set; } = LogFormat.FileHeaderBytes;

    /// <summary>Whether the last record is the mark of a close, which proves that all before it is on the disk.</summary>
    public bool Closed { get; private set; }

    /// <summary>Whether the last record says that the file has a successor.</summary>
    public bool Sealed { get; private set; }

    /// <summary>What must be removed, if it is more than unused zeros.</summary>
    public LogCut? Cut { get; private set; }

    /// <summary>Reads the newest file to its end.</summary>
    /// <exception cref="LogDamagedException">A part that was on the disk is no longer sound.</exception>
    public static LogRecovery Scan(ILogFile file, string path, LogFileHeader header, SequenceOffsets offsets)
    {
        LogRecovery recovery = new(header);
        LogRecordLayout layout = LogRecordLayout.Of(header);
        using LogCursor cursor = new(file, layout, recovery.End, file.Length);
        while (true)
        {
            LogStep step = cursor.Next(recovery.Last.Next, recovery.Epoch);
            switch (step)
            {
                case LogStep.Operation or LogStep.Mark:
                    recovery.Accept(step, cursor, offsets);
                    break;
                case LogStep.Bad:
                    recovery.Judge(file, path, layout, cursor);
                    return recovery;
                default:
                    return recovery;
            }
        }
    }

    private void Accept(LogStep step, LogCursor cursor, SequenceOffsets offsets)
    {
        if (step == LogStep.Operation)
        {
            offsets.Note(cursor.Header.Sequence, End);
        }

        Last = cursor.Header.Sequence;
        Epoch = cursor.Header.Epoch;
        Time = cursor.Header.Time;
        Flushed = cursor.Header.Flushed;
        Closed = step == LogStep.Mark;
        Sealed = Closed && cursor.Header.IsSeal;
        End = cursor.Offset;
    }

    /// <summary>Looks through everything from the bad record on for a header that proves damage.</summary>
    private void Judge(ILogFile file, string path, LogRecordLayout layout, LogCursor bad)
    {
        long length = file.Length;
        bool onlyZeros = true;
        byte[] window = ArrayPool<byte>.Shared.Rent(SearchBytes);
        try
        {
            for (long at = End; at < length;)
            {
                int filled = Fill(file, window.AsSpan(0, SearchBytes), at);
                ReadOnlySpan<byte> bytes = window.AsSpan(0, filled);
                if (bytes.ContainsAnyExcept((byte)0))
                {
                    onlyZeros = false;
                    if (HoldsHeaderWrittenAfter(End, bytes, at, layout))
                    {
                        throw new LogDamagedException(path, End, bad.Expected, bad.Actual);
                    }
                }

                // The last bytes may start a header that the next window completes.
                at += filled < SearchBytes ? filled : SearchBytes - layout.HeaderBytes;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }

        if (!onlyZeros)
        {
            Cut = new LogCut(path, End, length - End, Last.Next, $"expected {bad.Expected}, found {bad.Actual}");
        }
    }

    private static bool HoldsHeaderWrittenAfter(long badOffset, ReadOnlySpan<byte> bytes, long offset, LogRecordLayout layout)
    {
        for (int at = 0; at + layout.HeaderBytes <= bytes.Length; at += LogFormat.RecordAlignment)
        {
            // The number is looked at before the checksum: it alone rules out nearly every place.
            ReadOnlySpan<byte> candidate = bytes[at..];
            long flushed = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(candidate[32..]);
            if (flushed > badOffset && flushed <= offset + at && layout.TryReadHeader(candidate, out _))
            {
                return true;
            }
        }

        return false;
    }

    private static int Fill(ILogFile file, Span<byte> target, long offset)
    {
        int filled = 0;
        while (filled < target.Length && file.Read(target[filled..], offset + filled) is > 0 and int read)
        {
            filled += read;
        }

        return filled;
    }
}
