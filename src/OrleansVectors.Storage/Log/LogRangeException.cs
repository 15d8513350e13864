namespace OrleansVectors.Storage.Log;

/// <summary>Operations were asked for that the log does not hold: trimmed away, or never written.</summary>
public sealed class LogRangeException(string log, LogSequence requested, LogSequence first, LogSequence last)
    : IOException(first <= last
        ? $"Operation {requested} is not in the log '{log}', which holds {first} to {last}."
        : $"Operation {requested} is not in the log '{log}', which holds none and goes on with {first}.")
{
    /// <summary>The first sequence asked for.</summary>
    public LogSequence Requested { get; } = requested;

    /// <summary>The first sequence the log holds (one more than <see cref="Last"/> when it holds none).</summary>
    public LogSequence First { get; } = first;

    /// <summary>The last sequence the log holds.</summary>
    public LogSequence Last { get; } = last;
}
