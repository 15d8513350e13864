namespace OrleansVectors.Storage.Log;

/// <summary>
/// The operations of one partition in the order they were accepted. One opening writes at a time; which one that is, its
/// <see cref="Epoch"/> tells.
/// </summary>
/// <remarks>
/// Promises of every implementation:
/// <list type="number">
/// <item>When <see cref="AppendGroupAsync"/> returns, the group is durable. When it throws a <see cref="LogRefusedException"/>
/// nothing of it is stored and the next append may succeed. When it throws <see cref="LogFailedException"/> nobody knows, and
/// nothing is appended any more before <see cref="HealAsync"/>. After <see cref="LogFencedException"/> this opening writes
/// never again.</item>
/// <item>Readers see what was accepted, in order, with no gap, while appends go on; never what may still be taken back.</item>
/// <item>An opening finds every acknowledged operation, and of a group that was under way none or a beginning.</item>
/// </list>
/// Appends, <see cref="HealAsync"/> and disposal are called one at a time; everything else at any time, flushes by checkpoints too.
/// </remarks>
public interface IOperationLog : IDisposable
{
    /// <summary>The epoch under which this opening writes; greater after healing.</summary>
    Epoch Epoch { get; }

    /// <summary>What opening removed from the end; null when there was nothing to remove. Log it.</summary>
    LogCut? Cut { get; }

    /// <summary>The oldest operation that is still there, or would be once it is written.</summary>
    LogSequence FirstSequence { get; }

    /// <summary>The last accepted operation; the one before the first if there is none.</summary>
    LogSequence LastSequence { get; }

    /// <summary>When the last accepted operation was accepted; before the first, when the log was made.</summary>
    LogTime LastTime { get; }

    /// <summary>Appends operations with consecutive sequences and makes them durable together.</summary>
    /// <param name="operations">At least one, within <see cref="LogLimits"/>.</param>
    /// <returns>The sequence of the last one.</returns>
    /// <exception cref="OperationTooLargeException">Nothing was written.</exception>
    /// <exception cref="LogRefusedException">Nothing was written; try again.</exception>
    /// <exception cref="LogFailedException">Whether the group survives is known after healing, or the next opening.</exception>
    /// <exception cref="LogFencedException">Another opening writes now.</exception>
    ValueTask<LogSequence> AppendGroupAsync(ReadOnlyMemory<ReadOnlyMemory<byte>> operations);

    /// <summary>Makes everything appended so far durable, where appends do not wait for that.</summary>
    ValueTask FlushAsync();

    /// <summary>
    /// Makes a failed log usable again, if its cause is gone: what survived of the group that failed comes after the last
    /// sequence known before, for the caller to read and apply. Does nothing when nothing has failed.
    /// </summary>
    /// <exception cref="IOException">It still fails; try again later.</exception>
    /// <exception cref="LogFencedException">Another opening writes now.</exception>
    ValueTask HealAsync();

    /// <summary>Reads operations from one on, up to the last that was accepted when this was called, while appends go on.</summary>
    /// <param name="first">The first wanted; may be one more than the last, which reads nothing.</param>
    /// <exception cref="LogRangeException">The log does not hold <paramref name="first"/>, or it was trimmed away while reading.</exception>
    /// <exception cref="StorageDamagedException">Thrown while enumerating.</exception>
    IEnumerable<LogRecord> ReadFrom(LogSequence first);

    /// <summary>About how many bytes of log there are from an operation to the end: what a recovery from there would read.</summary>
    long TailBytes(LogSequence from);

    /// <summary>Deletes operations before one, but for those that the retention keeps.</summary>
    /// <exception cref="IOException">Something could not be deleted; it is tried again next time.</exception>
    void TrimBefore(LogSequence keepFrom);
}
