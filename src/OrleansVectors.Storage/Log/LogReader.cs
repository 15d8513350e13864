namespace OrleansVectors.Storage.Log;

/// <summary>Reads a log's operations in order over all its files, while others append and trim.</summary>
internal sealed class LogReader(LogContents contents, ILogFiles files)
{
    /// <summary>Reads from one operation to another; both are there when this is called.</summary>
    public IEnumerable<LogRecord> Read(LogSequence first, LogSequence last)
    {
        LogSequence next = first;
        Epoch epoch = Epoch.None;
        while (next <= last)
        {
            LogPart part = contents.Locate(next);
            using ILogFile file = Open(part.File, next);
            LogFileHeader header = LogOpening.ReadHeader(file, part.File);
            using LogCursor cursor = new(file, LogRecordLayout.Of(header), part.Offset, part.Limit);
            next = part.Sequence;
            // What lies behind the last operation of a file that has a successor is a seal, perhaps torn, and says nothing here.
            while (next <= last && next != part.NextFileFirst)
            {
                LogStep step = cursor.Next(next, epoch);
                if (step == LogStep.Operation)
                {
                    epoch = cursor.Header.Epoch;
                    if (next >= first)
                    {
                        yield return new LogRecord(next, epoch, cursor.Header.Time, cursor.Operation);
                    }

                    next = next.Next;
                }
                else if (step == LogStep.Bad)
                {
                    throw new LogDamagedException(part.File.Path, cursor.Offset, cursor.Expected, cursor.Actual);
                }
                else if (step == LogStep.End)
                {
                    break;
                }
            }

            if (next <= last && next != part.NextFileFirst)
            {
                throw new LogDamagedException(part.File.Path, cursor.Offset, $"operation {next}", "the end of the file");
            }
        }
    }

    private ILogFile Open(LogFileEntry entry, LogSequence sequence)
    {
        try
        {
            return files.OpenRead(entry.Path);
        }
        catch (FileNotFoundException)
        {
            // Trimmed since it was located; or gone without our doing, and then the error is about the file.
            contents.Locate(sequence);
            throw;
        }
    }
}
