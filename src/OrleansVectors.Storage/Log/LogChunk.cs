using System.Security.Cryptography;

namespace OrleansVectors.Storage.Log;

/// <summary>
/// A stretch of a log in a file of its own, to be kept elsewhere. The file is a log file (see <see cref="LogFormat"/>), so it
/// is checked as one; its records keep the epochs and times they were accepted with.
/// </summary>
/// <param name="First">Its first operation.</param>
/// <param name="Last">Its last.</param>
/// <param name="FirstTime">When the first was accepted.</param>
/// <param name="LastTime">When the last was accepted.</param>
public sealed record LogChunk(LogSequence First, LogSequence Last, LogTime FirstTime, LogTime LastTime)
{
    /// <summary>Writes operations to a file until it is large or there are no more; durable when it returns.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    /// <param name="records">Where the operations come from; it is left standing on the first that was not written.</param>
    /// <param name="hasCurrent">Whether that already stands on one.</param>
    /// <param name="bytesMax">Size from which no further operation is written.</param>
    /// <returns>What was written; null when there was nothing.</returns>
    public static LogChunk? Write(string path, IEnumerator<LogRecord> records, ref bool hasCurrent, long bytesMax)
    {
        hasCurrent = hasCurrent || records.MoveNext();
        if (!hasCurrent)
        {
            return null;
        }

        LogRecord first = records.Current;
        LogFileHeader header = new(first.Sequence, first.Epoch, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))), first.Time);
        Span<byte> bytes = stackalloc byte[LogFormat.FileHeaderBytes];
        LogFormat.WriteFileHeader(bytes, header);
        using ILogFile file = DiskLogFiles.Instance.Create(path);
        file.Write(bytes, 0);
        using LogAppender appender = new(file, header.Salt, bytes.Length, first.Epoch);
        LogChunk chunk = new(first.Sequence, first.Sequence, first.Time, first.Time);
        do
        {
            LogRecord record = records.Current;
            appender.Epoch = record.Epoch;
            appender.Accept(appender.Write([record.Operation], record.Sequence, record.Time, LogRecordLayout.CurrentRecordBytes(record.Operation.Length)));
            chunk = chunk with { Last = record.Sequence, LastTime = record.Time };
            hasCurrent = records.MoveNext();
        }
        while (hasCurrent && appender.End < bytesMax);

        appender.Seal();
        return chunk;
    }

    /// <summary>Reads the operations of a file, which must be exactly this stretch.</summary>
    /// <exception cref="LogDamagedException">Thrown while enumerating: it is not what was written.</exception>
    public IEnumerable<LogRecord> Read(string path)
    {
        using ILogFile file = DiskLogFiles.Instance.OpenRead(path);
        LogFileHeader header = LogOpening.ReadHeader(file, new LogFileEntry(path, First));
        using LogCursor cursor = new(file, LogRecordLayout.Of(header), LogFormat.FileHeaderBytes, file.Length);
        Epoch epoch = header.Epoch;
        for (LogSequence next = First; next <= Last; next = next.Next)
        {
            if (cursor.Next(next, epoch) != LogStep.Operation)
            {
                throw new LogDamagedException(
                    path, cursor.Offset, cursor.Expected.Length > 0 ? cursor.Expected : $"operation {next}", cursor.Actual.Length > 0 ? cursor.Actual : "the end of the file");
            }

            epoch = cursor.Header.Epoch;
            yield return new LogRecord(next, epoch, cursor.Header.Time, cursor.Operation);
        }
    }
}
