namespace OrleansVectors.Storage.Log;

/// <summary>
/// What readers of a log may see: its files, and how far the newest is accepted. The appender publishes here; any number
/// of readers look. Every member takes the lock for a moment.
/// </summary>
internal sealed class LogContents(string folder, List<LogFileEntry> files, LogSequence last, LogTime lastTime)
{
    private readonly Lock _gate = new();
    private LogSequence _last = last;
    private LogTime _lastTime = lastTime;

    /// <summary>The oldest operation there is, or the next one if there is none.</summary>
    public LogSequence First
    {
        get
        {
            lock (_gate)
            {
                return files[0].First;
            }
        }
    }

    /// <summary>The last accepted operation.</summary>
    public LogSequence Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>When the last accepted operation was accepted.</summary>
    public LogTime LastTime
    {
        get
        {
            lock (_gate)
            {
                return _lastTime;
            }
        }
    }

    /// <summary>Makes a group visible that ends at a byte of the newest file.</summary>
    public void Publish(LogSequence groupLast, LogTime time, long end)
    {
        lock (_gate)
        {
            LogFileEntry newest = files[^1];
            newest.Offsets.Note(_last.Next, newest.End);
            newest.End = end;
            _last = groupLast;
            _lastTime = time;
        }
    }

    /// <summary>Makes a file the newest.</summary>
    public void Add(LogFileEntry file)
    {
        lock (_gate)
        {
            files.Add(file);
        }
    }

    /// <summary>Takes what a new opening has found: all that was visible, and perhaps more.</summary>
    public void Replace(LogOpening opening)
    {
        lock (_gate)
        {
            files.Clear();
            files.AddRange(opening.Files);
            _last = opening.Last;
            _lastTime = opening.LastTime;
        }
    }

    /// <summary>The last operation of a reading that starts at one; refuses what is not there.</summary>
    public LogSequence LastForReadingFrom(LogSequence first)
    {
        lock (_gate)
        {
            return first >= files[0].First && first <= _last.Next ? _last : throw new LogRangeException(folder, first, files[0].First, _last);
        }
    }

    /// <summary>Where to begin reading for an operation.</summary>
    public LogPart Locate(LogSequence sequence)
    {
        lock (_gate)
        {
            int i = files.FindLastIndex(file => file.First <= sequence);
            if (i < 0)
            {
                throw new LogRangeException(folder, sequence, files[0].First, _last);
            }

            LogFileEntry file = files[i];
            (LogSequence known, long offset) = file.Offsets.Before(sequence) ?? (file.First, LogFormat.FileHeaderBytes);
            return new LogPart(file, known, offset, file.End, i + 1 < files.Count ? files[i + 1].First : null);
        }
    }

    /// <summary>See <see cref="LocalLog.TailBytes"/>.</summary>
    public long TailBytes(LogSequence from)
    {
        lock (_gate)
        {
            long bytes = 0;
            for (int i = files.Count - 1; i >= 0 && from <= _last; i--)
            {
                LogFileEntry file = files[i];
                if (file.First <= from)
                {
                    return bytes + file.End - (file.Offsets.Before(from)?.Offset ?? 0);
                }

                bytes += file.End;
            }

            return bytes;
        }
    }

    /// <summary>
    /// Deletes whole files before an operation that are not retained, oldest first: whatever happens, what remains has no gap.
    /// </summary>
    /// <returns>Whether there was one.</returns>
    public bool DeleteFilesBefore(LogSequence keepFrom, LogRetention retention, LogTime now)
    {
        bool deleted = false;
        LogTime old = new(now.Microseconds - (long)retention.Time.TotalMicroseconds);
        lock (_gate)
        {
            while (files.Count > 1
                && files[1].First <= keepFrom
                && (files[1].Created <= old || files.Sum(file => file.End) > retention.BytesMax))
            {
                File.Delete(files[0].Path);
                files.RemoveAt(0);
                deleted = true;
            }
        }

        return deleted;
    }
}
