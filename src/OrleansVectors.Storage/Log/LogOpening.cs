using System.Buffers;
using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Storage.Log;

/// <summary>Brings the files of a log into a state that can be appended to: creation, recovery, cutting.</summary>
internal sealed record LogOpening(
    List<LogFileEntry> Files, LogAppender Appender, LogSequence Last, LogTime LastTime, Epoch Epoch, bool Closed, LogCut? Cut)
{
    private const string TemporaryExtension = ".tmp";

    public static LogOpening Run(string folder, LocalLogOptions options)
    {
        FolderCreation.Ensure(folder);
        List<LogFileEntry> files = ListFiles(folder, options);
        return files.Count == 0 ? Begin(folder, options) : Continue(files, options);
    }

    /// <summary>
    /// Creates a file that holds no records. It gets its name when its header is on the disk, so that a file without a
    /// whole header is always damage, never a crash.
    /// </summary>
    public static LogAppender CreateFile(LogFileEntry entry, Epoch epoch, LocalLogOptions options)
    {
        LogFileHeader header = new(entry.First, epoch, options.NextSalt(), options.Clock.Next());
        Span<byte> bytes = stackalloc byte[LogFormat.FileHeaderBytes];
        LogFormat.WriteFileHeader(bytes, header);

        string temporary = entry.Path + TemporaryExtension;
        ILogFile file = options.Files.Create(temporary);
        try
        {
            file.Write(bytes, 0);
            file.Flush();
            File.Move(temporary, entry.Path, overwrite: true);
            Posix.FlushFolder(Path.GetDirectoryName(entry.Path)!);
        }
        catch
        {
            file.Dispose();
            File.Delete(temporary);
            throw;
        }

        entry.End = bytes.Length;
        entry.Created = header.Created;
        return new LogAppender(file, header.Salt, bytes.Length, epoch);
    }

    private static LogOpening Begin(string folder, LocalLogOptions options)
    {
        LogFileEntry entry = new(Path.Combine(folder, LogFormat.FileName(options.FirstSequence)), options.FirstSequence);
        Epoch epoch = options.EpochAfter.Next;
        LogAppender appender = CreateFile(entry, epoch, options);
        return new LogOpening([entry], appender, new LogSequence(entry.First.Value - 1), entry.Created, epoch, Closed: true, Cut: null);
    }

    private static LogOpening Continue(List<LogFileEntry> files, LocalLogOptions options)
    {
        LogFileEntry newest = files[^1];
        ILogFile file = options.Files.Open(newest.Path);
        try
        {
            LogFileHeader header = ReadHeader(file, newest);
            LogRecovery recovery = LogRecovery.Scan(file, newest.Path, header, newest.Offsets);
            if (recovery.Sealed)
            {
                string successor = Path.Combine(Path.GetDirectoryName(newest.Path)!, LogFormat.FileName(recovery.Last.Next));
                throw new LogDamagedException(successor, 0, $"a log file that begins with operation {recovery.Last.Next}", "no file");
            }

            MakeSound(file, recovery);
            newest.End = recovery.End;
            newest.Created = header.Created;
            options.Clock.Pass(recovery.Time);

            Epoch epoch = (recovery.Epoch > options.EpochAfter ? recovery.Epoch : options.EpochAfter).Next;
            if (header.Version < LogFormat.Version)
            {
                return ContinueInNewFile(file, files, recovery, epoch, options);
            }

            LogAppender appender = new(file, header.Salt, recovery.End, epoch);
            return new LogOpening(files, appender, recovery.Last, recovery.Time, epoch, recovery.Closed, recovery.Cut);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Ends a file of an older version, which nothing more is written to, and begins one of this.</summary>
    private static LogOpening ContinueInNewFile(
        ILogFile older, List<LogFileEntry> files, LogRecovery recovery, Epoch epoch, LocalLogOptions options)
    {
        older.Flush();
        older.Dispose();
        LogFileEntry newest = files[^1];
        LogFileEntry entry = new(Path.Combine(Path.GetDirectoryName(newest.Path)!, LogFormat.FileName(recovery.Last.Next)), recovery.Last.Next);
        if (newest.First == entry.First)
        {
            files.Remove(newest); // it holds no operation, and the new one takes its name
        }

        files.Add(entry);
        LogAppender appender = CreateFile(entry, epoch, options);
        return new LogOpening(files, appender, recovery.Last, recovery.Time, epoch, Closed: true, recovery.Cut);
    }

    public static LogFileHeader ReadHeader(ILogFile file, LogFileEntry entry)
    {
        Span<byte> bytes = stackalloc byte[LogFormat.FileHeaderBytes];
        int read = file.Read(bytes, 0);
        return LogFormat.ReadFileHeader(bytes[..read], entry.Path, entry.First);
    }

    /// <summary>
    /// Removes what is behind the end, and makes sure that what is before it is on the disk. The bytes not known to be
    /// there are written again first: if an earlier flush failed, the system may hold them in memory and think that
    /// they are on the disk, and only a new write makes it try again.
    /// </summary>
    private static void MakeSound(ILogFile file, LogRecovery recovery)
    {
        bool excess = file.Length > recovery.End;
        if (excess)
        {
            file.SetLength(recovery.End);
        }

        if (!recovery.Closed)
        {
            Rewrite(file, recovery.Flushed, recovery.End);
        }

        if (excess || !recovery.Closed)
        {
            file.Flush();
        }
    }

    private static void Rewrite(ILogFile file, long start, long end)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            while (start < end)
            {
                int read = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - start)), start);
                if (read == 0)
                {
                    throw new EndOfStreamException($"A log file ended at byte {start} while it was being recovered.");
                }

                file.Write(buffer.AsSpan(0, read), start);
                start += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The log's files from the oldest on; files whose creation was interrupted are deleted.</summary>
    private static List<LogFileEntry> ListFiles(string folder, LocalLogOptions options)
    {
        List<LogFileEntry> files = [];
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles())
        {
            if (LogFormat.TryParseFileName(file.Name, out LogSequence first))
            {
                files.Add(new LogFileEntry(file.FullName, first) { End = file.Length });
            }
            else if (file.Name.EndsWith(LogFormat.Extension + TemporaryExtension, StringComparison.Ordinal))
            {
                file.Delete();
            }
        }

        files.Sort(static (left, right) => left.First.CompareTo(right.First));
        if (options.Retention != LogRetention.None)
        {
            files.ForEach(file => file.Created = CreationOf(file, options));
        }

        return files;
    }

    /// <summary>A file that cannot be read has no time here; whoever reads it hears why.</summary>
    private static LogTime CreationOf(LogFileEntry entry, LocalLogOptions options)
    {
        try
        {
            using ILogFile file = options.Files.OpenRead(entry.Path);
            return ReadHeader(file, entry).Created;
        }
        catch (IOException)
        {
            return LogTime.None;
        }
    }
}
