namespace OrleansVectors.Storage.Log;

/// <summary>A stretch of one file to read: from an operation whose place is known to the last a reader may see.</summary>
internal readonly record struct LogPart(
    LogFileEntry File, LogSequence Sequence, long Offset, long Limit, LogSequence? NextFileFirst);
