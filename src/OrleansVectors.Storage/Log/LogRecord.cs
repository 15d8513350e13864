namespace OrleansVectors.Storage.Log;

/// <summary>One operation as it was read from a log.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Epoch">The opening that wrote it.</param>
/// <param name="Time">When it was accepted; operations that were made durable together have the same.</param>
/// <param name="Operation">Its bytes, valid until the reader moves on.</param>
public readonly record struct LogRecord(LogSequence Sequence, Epoch Epoch, LogTime Time, ReadOnlyMemory<byte> Operation);
