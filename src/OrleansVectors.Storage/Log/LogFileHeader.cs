namespace OrleansVectors.Storage.Log;

/// <summary>What a log file says about itself; see <see cref="LogFormat"/>.</summary>
internal readonly record struct LogFileHeader(LogSequence First, Epoch Epoch, ulong Salt, LogTime Created, int Version = LogFormat.Version);
