namespace OrleansVectors.Storage.Log;

/// <summary>How a log is opened, wherever it is.</summary>
public record LogOptions
{
    /// <summary>What an append waits for.</summary>
    public Durability Durability { get; init; } = Durability.Flush;

    /// <summary>The number of the first operation of a log that does not exist yet.</summary>
    public LogSequence FirstSequence { get; init; } = new(1);

    /// <summary>
    /// An epoch known from elsewhere (the newest manifest): this opening's is greater, and greater than any in the log.
    /// </summary>
    public Epoch EpochAfter { get; init; }

    /// <summary>What stamps operations; the same for all logs of a database.</summary>
    public LogClock Clock { get; init; } = new(TimeProvider.System);

    /// <summary>What trimming leaves in place though recovery does not want it.</summary>
    public LogRetention Retention { get; init; } = LogRetention.None;
}
