namespace OrleansVectors.Storage.Log;

/// <summary>Another opening has taken over the log: this one writes never again, and nothing of the group was stored.</summary>
public sealed class LogFencedException(string log, Epoch mine, Epoch current)
    : IOException($"The log '{log}' is written by epoch {current} now; epoch {mine} takes no more writes.")
{
    /// <summary>The epoch that may no longer write.</summary>
    public Epoch Mine { get; } = mine;

    /// <summary>The epoch that writes now.</summary>
    public Epoch Current { get; } = current;
}
