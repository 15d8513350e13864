namespace OrleansVectors.Storage.Log;

/// <summary>A log file is damaged in a part that had been acknowledged.</summary>
public sealed class LogDamagedException(string file, long offset, string expected, string actual)
    : StorageDamagedException("log file", file, offset, expected, actual);
