namespace OrleansVectors.Storage.Log;

/// <summary>What opening a log removed from its end: writes that a crash interrupted and nobody was told had succeeded.</summary>
/// <param name="File">Path of the newest log file.</param>
/// <param name="Offset">Byte offset from which the file was cut.</param>
/// <param name="Bytes">How many bytes were removed.</param>
/// <param name="NextSequence">The sequence the first removed record would have had; the next append uses it.</param>
/// <param name="Reason">What was wrong with the first removed record.</param>
public sealed record LogCut(string File, long Offset, long Bytes, LogSequence NextSequence, string Reason);
