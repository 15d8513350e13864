namespace OrleansVectors.Faults.Damage;

/// <summary>A record of a log file.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">Behind its last byte.</param>
/// <param name="Sequence">Its number; a mark repeats the last operation's.</param>
/// <param name="IsMark">Whether it only says that the log was closed.</param>
internal readonly record struct LogMapRecord(long Start, long End, long Sequence, bool IsMark);
