namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>What a server holds of a log is not what was acknowledged.</summary>
public sealed class LogRowDamagedException(string server, string partition, LogSequence sequence, string expected, string actual)
    : StorageDamagedException("log of", $"{partition} at {server}", $"operation {sequence}", expected, actual)
{
    /// <summary>The name of the partition.</summary>
    public string Partition { get; } = partition;

    /// <summary>The damaged operation.</summary>
    public LogSequence Sequence { get; } = sequence;
}
