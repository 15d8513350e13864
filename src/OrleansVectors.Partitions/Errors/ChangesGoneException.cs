using OrleansVectors.Storage.Log;

namespace OrleansVectors.Partitions.Errors;

/// <summary>Changes were asked for that the log no longer has, or never had.</summary>
public sealed class ChangesGoneException(LogSequence after, LogSequence oldest, LogSequence last)
    : PartitionException($"changes after {after} were asked for; those after {oldest.Value - 1} to {last} are there")
{
    /// <summary>The position asked for.</summary>
    public LogSequence After { get; } = after;

    /// <summary>The oldest position that can be asked for.</summary>
    public LogSequence OldestAfter { get; } = new(oldest.Value - 1);

    /// <summary>The newest.</summary>
    public LogSequence Last { get; } = last;
}
