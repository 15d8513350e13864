using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Storage.Log;

/// <summary>
/// The operations of one partition in the order they were accepted, in a folder of rolling files.
/// </summary>
/// <remarks>
/// Promises:
/// <list type="number">
/// <item>When <see cref="AppendGroup"/> returns, the whole group is as durable as <see cref="LocalLogOptions.Durability"/>
/// says. When it throws, no reader of this opening sees any of it.</item>
/// <item>Opening after a crash finds every acknowledged operation, and of the groups that were under way none or a
/// beginning. What is cut is reported by <see cref="Cut"/>; damage to what was on the disk is a
/// <see cref="LogDamagedException"/> (the rule is on <see cref="LogRecovery"/>). Opening reads the newest file alone;
/// older ones are checked as they are read.</item>
/// <item>A full disk refuses the group with <see cref="LogDiskFullException"/> and changes nothing. Any other failure to
/// write or flush poisons the log (<see cref="LogFailedException"/>): after a failed flush the system may have dropped
/// the pages, so a second flush that succeeds would prove nothing. Healing, and opening again, write the bytes in question
/// once more before they rely on them.</item>
/// </list>
/// Protocol: appends, <see cref="Flush"/>, <see cref="Heal"/> and <see cref="Dispose"/> exclude one another by a lock; any number of readers
/// and <see cref="TrimBefore"/> run beside them. Readers see up to the last accepted group. The caller keeps other
/// processes out (<see cref="FolderLock"/>). The format is on <see cref="LogFormat"/>.
/// </remarks>
public sealed class LocalLog : IOperationLog
{
    private readonly string _folder;
    private readonly LocalLogOptions _options;

    private readonly LogContents _contents;

    // Held while the file's end changes.
    private readonly Lock _appending = new();
    private LogAppender _appender;
    private bool _closed;
    private Exception? _failure;

    private LocalLog(string folder, LocalLogOptions options, LogOpening opening)
    {
        _folder = folder;
        _options = options;
        _contents = new LogContents(folder, opening.Files, opening.Last, opening.LastTime);
        _appender = opening.Appender;
        _closed = opening.Closed;
        Epoch = opening.Epoch;
        Cut = opening.Cut;
    }

    /// <inheritdoc/>
    public Epoch Epoch { get; private set; }

    /// <inheritdoc/>
    public LogCut? Cut { get; private set; }

    /// <inheritdoc/>
    public LogSequence LastSequence => _contents.Last;

    /// <inheritdoc/>
    public LogTime LastTime => _contents.LastTime;

    /// <inheritdoc/>
    public LogSequence FirstSequence => _contents.First;

    /// <summary>Opens the log in a folder, creating both if they are not there.</summary>
    /// <param name="folder">The folder; nothing but this log may use names ending in ".log" or ".log.tmp" in it.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="LogDamagedException">The newest file is damaged.</exception>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static LocalLog Open(string folder, LocalLogOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.FileBytesMax, LogFormat.FileHeaderBytes);
        ArgumentOutOfRangeException.ThrowIfZero(options.FirstSequence.Value);
        return new LocalLog(folder, options, LogOpening.Run(folder, options));
    }

    /// <summary>Appends one operation; see <see cref="AppendGroup"/>.</summary>
    public LogSequence Append(ReadOnlyMemory<byte> operation) => AppendGroup([operation]);

    /// <summary>
    /// Appends operations with consecutive sequences and makes them durable together. Each is kept or lost whole in a
    /// crash, the group need not be.
    /// </summary>
    /// <param name="operations">At least one; within <see cref="LogLimits"/>.</param>
    /// <returns>The sequence of the last one.</returns>
    /// <exception cref="OperationTooLargeException">Nothing was written.</exception>
    /// <exception cref="LogDiskFullException">Nothing was written; try again when there is space.</exception>
    /// <exception cref="LogFailedException">Whether the group survives is known after the next opening.</exception>
    public LogSequence AppendGroup(params ReadOnlySpan<ReadOnlyMemory<byte>> operations)
    {
        LogLimits.Check(operations);
        long bytes = 0;
        foreach (ReadOnlyMemory<byte> operation in operations)
        {
            bytes += LogRecordLayout.CurrentRecordBytes(operation.Length);
        }

        lock (_appending)
        {
            ThrowIfUnusable();
            RollIfFull(bytes);
            LogSequence last = new(_contents.Last.Value + (ulong)operations.Length);
            LogTime time = _options.Clock.Next();
            long end = WriteGroup(operations, time, bytes);
            if (_options.Durability == Durability.Flush)
            {
                FlushOrFail(end);
            }

            _appender.Accept(end);
            _closed = false;
            _contents.Publish(last, time, end);
            return last;
        }
    }

    ValueTask<LogSequence> IOperationLog.AppendGroupAsync(ReadOnlyMemory<ReadOnlyMemory<byte>> operations)
        => ValueTask.FromResult(AppendGroup(operations.Span));

    /// <summary>Makes everything appended so far durable. Does nothing under <see cref="Durability.Flush"/>.</summary>
    /// <exception cref="LogFailedException">The flush failed.</exception>
    public void Flush()
    {
        lock (_appending)
        {
            ThrowIfUnusable();
            FlushOrFail(_appender.End);
        }
    }

    ValueTask IOperationLog.FlushAsync()
    {
        Flush();
        return ValueTask.CompletedTask;
    }

    /// <summary>Opens a failed log again in its place, under a greater epoch: see <see cref="IOperationLog.HealAsync"/>.</summary>
    /// <exception cref="IOException">It still fails.</exception>
    public void Heal()
    {
        lock (_appending)
        {
            if (_failure is null)
            {
                return;
            }

            ObjectDisposedException.ThrowIf(_failure is ObjectDisposedException, this);
            _appender.Dispose();
            LogOpening opening = LogOpening.Run(_folder, _options with { EpochAfter = Epoch });
            if (opening.Last < _contents.Last)
            {
                // Only where groups are not flushed: what was applied has no place in the log any more.
                opening.Appender.Dispose();
                throw new IOException($"The log in '{_folder}' goes to operation {opening.Last}; it had accepted {_contents.Last}.");
            }

            _appender = opening.Appender;
            _closed = opening.Closed;
            Epoch = opening.Epoch;
            Cut = opening.Cut;
            _contents.Replace(opening);
            _failure = null;
        }
    }

    ValueTask IOperationLog.HealAsync()
    {
        Heal();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Reads operations from one on, up to the last that was accepted when this was called, while appends go on.
    /// Memory: one buffer of the size of the largest operation.
    /// </summary>
    /// <param name="first">The first wanted; may be one more than the last, which reads nothing.</param>
    /// <exception cref="LogRangeException">The log does not hold <paramref name="first"/>, or it was trimmed away while reading.</exception>
    /// <exception cref="LogDamagedException">Thrown while enumerating.</exception>
    public IEnumerable<LogRecord> ReadFrom(LogSequence first)
    {
        LogSequence last = _contents.LastForReadingFrom(first);
        return new LogReader(_contents, _options.Files).Read(first, last);
    }

    /// <summary>
    /// About how many bytes of log there are from an operation to the end: what a recovery from there would read. Exact
    /// to 64 KiB within files of this opening, otherwise rounded up to the file that holds the operation.
    /// </summary>
    public long TailBytes(LogSequence from) => _contents.TailBytes(from);

    /// <summary>Deletes the files that hold only operations before one and are not retained. The newest file always stays.</summary>
    /// <exception cref="IOException">A file could not be deleted; it is tried again next time.</exception>
    public void TrimBefore(LogSequence keepFrom)
    {
        if (_contents.DeleteFilesBefore(keepFrom, _options.Retention, _options.Clock.Last))
        {
            Posix.FlushFolder(_folder);
        }
    }

    /// <summary>Flushes, marks the end as sound and closes. Failures are left to the next opening to find.</summary>
    public void Dispose()
    {
        lock (_appending)
        {
            if (_failure is null)
            {
                Close();
            }

            _failure = new ObjectDisposedException(nameof(LocalLog));
            _appender.Dispose();
        }
    }

    private void Close()
    {
        try
        {
            if (!_closed)
            {
                _appender.WriteMark(_contents.Last, _contents.LastTime);
            }

            _appender.CutToSize();
        }
        catch (Exception error) when (IsDiskError(error))
        {
            // The mark only lets the next opening check more. Without it that opening recovers as after a crash.
        }
    }

    private void ThrowIfUnusable()
    {
        switch (_failure)
        {
            case null:
                return;
            case ObjectDisposedException:
                throw new ObjectDisposedException(nameof(LocalLog));
            default:
                throw new LogFailedException(_folder, _contents.Last, _failure);
        }
    }

    private long WriteGroup(ReadOnlySpan<ReadOnlyMemory<byte>> operations, LogTime time, long bytes)
    {
        try
        {
            return _appender.Write(operations, _contents.Last.Next, time, bytes);
        }
        catch (Exception error) when (IsDiskError(error))
        {
            bool restored = _appender.TryCutBack();
            if (restored && Posix.IsDiskFull(error))
            {
                throw new LogDiskFullException(_folder, bytes, error);
            }

            throw Poison(error);
        }
    }

    private void FlushOrFail(long end)
    {
        try
        {
            _appender.Flush(end);
        }
        catch (Exception error) when (IsDiskError(error))
        {
            _appender.TryCutBack();
            throw Poison(error);
        }
    }

    /// <summary>Begins a new file if the group would make the newest too large.</summary>
    private void RollIfFull(long groupBytes)
    {
        if (_appender.End == LogFormat.FileHeaderBytes || _appender.End + groupBytes <= _options.FileBytesMax)
        {
            return;
        }

        LogFileEntry entry = new(Path.Combine(_folder, LogFormat.FileName(_contents.Last.Next)), _contents.Last.Next);
        try
        {
            // Order matters: recovery takes every file but the newest as complete and on the disk.
            _appender.Seal();
        }
        catch (Exception error) when (IsDiskError(error))
        {
            throw Poison(error);
        }

        LogAppender next;
        try
        {
            next = LogOpening.CreateFile(entry, Epoch, _options);
        }
        catch (Exception error) when (IsDiskError(error))
        {
            // As long as the new file has no name nothing has changed.
            throw Posix.IsDiskFull(error) && !File.Exists(entry.Path)
                ? new LogDiskFullException(_folder, groupBytes, error)
                : Poison(error);
        }

        SealNewest();
        _appender.Dispose();
        _appender = next;
        _contents.Add(entry);
    }

    /// <summary>Where the mark cannot be written, all is well but that nobody will notice if the next file is taken away.</summary>
    private void SealNewest()
    {
        try
        {
            _appender.WriteMark(_contents.Last, _contents.LastTime, isSeal: true);
        }
        catch (Exception error) when (IsDiskError(error))
        {
            _appender.TryCutBack();
        }
    }

    private LogFailedException Poison(Exception error)
    {
        _failure = error;
        return new LogFailedException(_folder, _contents.Last, error);
    }

    private static bool IsDiskError(Exception error) => error is IOException or UnauthorizedAccessException;
}
