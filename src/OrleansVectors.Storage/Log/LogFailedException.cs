namespace OrleansVectors.Storage.Log;

/// <summary>
/// A write or flush failed in a way after which nobody knows what is stored. The log refuses every further append until it
/// is healed or opened again; reads of acknowledged operations go on.
/// </summary>
public sealed class LogFailedException(string log, LogSequence lastAcknowledged, Exception cause)
    : IOException(
        $"The log '{log}' failed after operation {lastAcknowledged} and takes no more writes until it can be written again: {cause.Message}",
        cause)
{
    /// <summary>The log: its folder, or what it is called in a database.</summary>
    public string Log { get; } = log;

    /// <summary>The last operation that is certainly there. Whether later ones survived is known after the next opening.</summary>
    public LogSequence LastAcknowledged { get; } = lastAcknowledged;
}
