using OrleansVectors.Storage.Log;

namespace OrleansVectors.Partitions.Doctor;

/// <summary>What an opening of a partition would bring back, as far as its files tell.</summary>
/// <param name="IsPossible">Whether it would succeed and answer from sound data.</param>
/// <param name="Manifest">Number of the checkpoint it would take; 0 for none.</param>
/// <param name="Cut">The last operation in that.</param>
/// <param name="CutTime">When that operation was accepted; none where it is not known.</param>
/// <param name="Points">Points in the checkpoint; null where its state cannot be read. Operations behind it change that number.</param>
/// <param name="Operations">Operations it would replay from the log in the folder.</param>
/// <param name="LogFirst">The oldest operation in the log.</param>
/// <param name="LogLast">The last sound one.</param>
/// <param name="LogTime">When that was accepted; none where it is not known.</param>
/// <param name="LogFiles">Files of the log.</param>
/// <param name="IsClosed">Whether the log was closed; a crash, or a copy of a running server, leaves it open.</param>
public sealed record RecoveryForecast(
    bool IsPossible,
    ulong Manifest,
    LogSequence Cut,
    LogTime CutTime,
    long? Points,
    long Operations,
    LogSequence LogFirst,
    LogSequence LogLast,
    LogTime LogTime,
    int LogFiles,
    bool IsClosed);
